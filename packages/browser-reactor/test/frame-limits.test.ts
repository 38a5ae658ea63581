import { describe, expect, it } from '@jest/globals';
import type { FrameOptions } from '@triphase/browser-reactor';
import { scaledClock } from '@triphase/core';
import { fakePage, running } from './page.ts';

const STEP = 1000 / 60;

/** Runs frames at 60 Hz. Gives how many updates a callback with these options had, and the delta and alpha of each render. */
async function playedWith(
  options: FrameOptions,
  frames: number,
): Promise<{ updates: number; deltas: number[]; alphas: number[] }> {
  const page = fakePage();
  const reactor = await running(page);
  const played = { updates: 0, deltas: [] as number[], alphas: [] as number[] };
  reactor.onFrame(
    {
      update: () => played.updates++,
      render: ({ delta, alpha }) => {
        played.deltas.push(delta);
        played.alphas.push(alpha);
      },
    },
    options,
  );
  for (let frame = 0; frame < frames; frame++) {
    page.advance(STEP);
    page.runFrame();
  }
  return played;
}

describe('options of onFrame at their limits', () => {
  it.each([Infinity, Number.MAX_VALUE, 1e9, 61])(
    'B22: with maxFps %d at 60 Hz it is called in each frame',
    async (maxFps) => {
      const { deltas, updates } = await playedWith({ maxFps, fixedStep: STEP }, 121);
      expect([deltas.length, updates]).toEqual([121, 120]);
      for (const delta of deltas.slice(1)) expect(delta).toBeCloseTo(STEP);
    },
  );

  it.each([Number.MIN_VALUE, 1e-9])(
    'B22: with maxFps %d it is called in the first frame, and in no other of 121',
    async (maxFps) => {
      expect((await playedWith({ maxFps }, 121)).deltas).toEqual([0]);
    },
  );

  it('B22: a fixedStep of 0.1 ms, the shortest, gives 10 000 updates a second', async () => {
    const { updates } = await playedWith({ fixedStep: 0.1 }, 61);
    expect(Math.abs(updates - 10_000)).toBeLessThanOrEqual(40); // 0.4 %
  });

  it.each([1e9, Number.MAX_VALUE])(
    'B22: with a fixedStep of %d ms there is no update, and alpha is a number',
    async (fixedStep) => {
      const { updates, alphas } = await playedWith({ fixedStep }, 121);
      expect(updates).toBe(0);
      expect(alphas.every((alpha) => alpha >= 0 && alpha < 1e-5)).toBe(true);
    },
  );

  it('B22: with maxDelta below fixedStep the time above maxDelta does not count', async () => {
    const { updates, deltas } = await playedWith({ fixedStep: STEP, maxDelta: STEP / 4 }, 241);
    expect(updates).toBe(60);
    for (const delta of deltas.slice(1)) expect(delta).toBeCloseTo(STEP / 4);
  });

  it('B22: with maxDelta Infinity all steps of a pause are due, at most maxSteps', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const counts = { all: 0, some: 0 };
    reactor.onFrame({ update: () => counts.all++ }, { fixedStep: 10, maxDelta: Infinity });
    reactor.onFrame({ update: () => counts.some++ }, { fixedStep: 10, maxDelta: Infinity, maxSteps: 5.9 });
    page.runFrame();
    page.advance(5_000);
    page.runFrame();
    expect(counts).toEqual({ all: 500, some: 5 });
  });

  it.each(['read', 'update', 'render'] as const)(
    'B4: a callback whose %s throws in each frame is called and reported in each; others keep their steps',
    async (phase) => {
      const page = fakePage();
      const errors: unknown[] = [];
      const reactor = await running(page, { onError: (error) => errors.push(error) });
      let [failed, updates] = [0, 0];
      const fail = (): never => {
        throw new Error(String(++failed));
      };
      reactor.onFrame({ [phase]: fail }, { fixedStep: STEP });
      reactor.onFrame({ update: () => updates++ }, { fixedStep: STEP });
      for (let frame = 0; frame <= 600; frame++) {
        page.advance(STEP);
        page.runFrame();
      }
      await page.runMicrotasks();
      const calls = phase === 'update' ? 600 : 601; // no step is due in the first frame
      expect([failed, errors.length, updates, reactor.state]).toEqual([calls, calls, 600, 'running']);
    },
  );

  it('B25: at a rate of 1e9 a frame has at most maxSteps updates; at a rate of 0 it is not called', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const clock = scaledClock(reactor, { rate: 1e9 });
    const seen: [number, number][] = [];
    let updates = 0;
    const render = ({ delta }: { readonly delta: number }): void => void seen.push([delta, updates]);
    reactor.onFrame({ update: () => updates++, render }, { fixedStep: STEP, maxSteps: 3, clock });
    const frame = (): void => {
      page.advance(16);
      page.runFrame();
    };
    for (let n = 0; n < 3; n++) frame();
    expect(seen).toEqual([
      [0, 0],
      [16e9, 3],
      [16e9, 6],
    ]);
    clock.rate = 0;
    frame();
    frame();
    clock.rate = 1;
    frame();
    expect(updates).toBeLessThanOrEqual(8);
    expect(seen.at(-1)![0]).toBe(16);
  });
});
