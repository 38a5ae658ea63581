import { describe, expect, it } from '@jest/globals';
import type { ErrorSource } from '@triphase/core';
import type { FrameOptions } from '@triphase/browser-reactor';
import { fakePage, running, type Page } from './page.ts';

/** One frame, after the time between two on a screen of 60 Hz. */
function frame(page: Page): void {
  page.advance(1_000 / 60);
  page.runFrame();
}

const rounded = (deltas: readonly number[]): number[] => deltas.map((delta) => Math.round(delta * 1e6) / 1e6);

describe('B25: a clock for frames', () => {
  it('B25: delta follows the rate of the clock, also when it changes', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    let offset = 0;
    let rate = 0.5;
    const clock = { now: () => offset + page.now() * rate };
    reactor.onFrame(({ delta }) => deltas.push(delta), { clock });
    for (let n = 0; n < 3; n++) frame(page);
    offset += page.now() * (rate - 2);
    rate = 2;
    for (let n = 0; n < 2; n++) frame(page);
    expect(rounded(deltas)).toEqual(rounded([0, 500 / 60, 500 / 60, 2_000 / 60, 2_000 / 60]));
  });

  it('B25: delta follows the timestamps of the frames, not the time at which the callback is called', async () => {
    const page = fakePage();
    const lateness = [0, 3, 1, 5, 0, 2];
    let late = 0;
    const { now } = page;
    page.now = () => now() + late;
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta), { clock: { now: () => page.now() * 2 } });
    for (const ms of lateness) {
      late = ms;
      frame(page);
    }
    expect(rounded(deltas.slice(1))).toEqual(rounded(Array(5).fill(2_000 / 60)));
  });

  it('B25: while the clock stands still the callback is not called; afterwards delta does not jump', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const calls: [number, number, string][] = [];
    let time = 0;
    let isPaused = false;
    reactor.onFrame(
      {
        update: ({ delta }) => calls.push([n, Math.round(delta), 'update']),
        render: ({ delta }) => calls.push([n, Math.round(delta), 'render']),
      },
      { clock: { now: () => time }, fixedStep: 10 },
    );
    let n = 0;
    for (; n < 8; n++) {
      isPaused = n >= 2 && n < 6;
      if (!isPaused) time += 1_000 / 60;
      frame(page);
    }
    expect(calls.map(([n, , phase]) => `${n} ${phase}`)).toEqual([
      '0 render',
      '1 update',
      '1 render',
      '6 update',
      '6 update',
      '6 render',
      '7 update',
      '7 update',
      '7 render',
    ]);
    expect(calls.filter(([, , phase]) => phase === 'render').map(([, delta]) => delta)).toEqual([0, 17, 17, 17]);
  });

  it('B25: at half the rate the updates come evenly', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const updates: number[] = [];
    let n = 0;
    const clock = { now: () => page.now() / 2 };
    reactor.onFrame({ update: () => updates.push(n) }, { clock, fixedStep: 1_000 / 60 });
    for (; n < 241; n++) frame(page);
    expect(updates).toEqual(Array.from({ length: 120 }, (_, index) => 2 * index + 2));
  });

  it('B25, B22: maxDelta limits the real time before the rate is applied; maxFps counts real frames', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    const add = (options: FrameOptions): void =>
      void reactor.onFrame(({ delta }) => deltas.push(Math.round(delta)), options);
    add({ clock: { now: () => page.now() * 20 } });
    frame(page);
    frame(page);
    page.advance(5_000);
    page.runFrame();
    expect(deltas).toEqual([0, 333, 2_000]);
    deltas.length = 0;
    const other = fakePage();
    const second = await running(other);
    second.onFrame(({ delta }) => deltas.push(Math.round(delta)), {
      clock: { now: () => other.now() / 4 },
      maxFps: 30,
    });
    for (let n = 0; n < 7; n++) frame(other);
    expect(deltas).toEqual([0, 8, 8, 8]);
  });

  it('B25: a clock that goes back or gives NaN counts as standing still; one that throws is reported', async () => {
    const page = fakePage();
    const reported: [unknown, ErrorSource][] = [];
    const reactor = await running(page, { onError: (error, source) => reported.push([error, source]) });
    const deltas: number[] = [];
    const readings = [100, 50, NaN, 0, 17, 'throw', 34];
    let n = 0;
    const now = (): number => {
      const reading = readings[n++];
      if (typeof reading === 'number') return reading;
      throw 'clock';
    };
    let others = 0;
    reactor.onFrame(({ delta }) => deltas.push(delta), { clock: { now } });
    reactor.onFrame(() => others++);
    for (const _ of readings) frame(page);
    expect(rounded(deltas)).toEqual([0, 17, 17 / 2].map((ms) => Math.round(ms * 1e6) / 1e6));
    expect(reported).toEqual([['clock', { kind: 'call', name: 'the clock of onFrame' }]]);
    expect(others).toBe(readings.length);
  });

  it('B25: on a page with a clock of 40 ms the deltas are right', async () => {
    const page = fakePage();
    const { now } = page;
    page.now = () => Math.floor(now() / 40) * 40;
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta), { clock: { now: () => page.now() * 3 } });
    for (let n = 0; n < 60; n++) frame(page);
    const ran = deltas.slice(1);
    expect(ran.length).toBeGreaterThanOrEqual(56); // until the clock has moved once there is no rate
    expect(rounded(ran)).toEqual(rounded(ran.map(() => 50)));
  });
});
