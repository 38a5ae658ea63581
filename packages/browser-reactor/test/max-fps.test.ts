import { describe, expect, it } from '@jest/globals';
import { fakePage, running } from './page.ts';
import { STEP, screens, shownOn, tally, type Shown } from './screen.ts';

describe('B22: maxFps', () => {
  const gaps = (shown: readonly Shown[]): number[] =>
    shown.slice(1).map(({ time }, n) => Math.round((time - shown[n]!.time) * 10) / 10);

  it.each(screens(59.94, 60, 60.1))(
    'B22: with maxFps 30 at $hz Hz, timestamps rounded to $grain ms, it is called in every other frame',
    async ({ hz, grain }) => {
      const shown = await shownOn({ hz, grain }, 1_201, { maxFps: 30 });
      expect(shown.length).toBe(601);
      for (const gap of gaps(shown)) expect(Math.abs(gap - 2_000 / hz)).toBeLessThanOrEqual(Math.max(grain, 0.1));
    },
  );

  it.each(screens(60))(
    'B22: with maxFps 60 at $hz Hz, timestamps rounded to $grain ms, it is called in every frame',
    async ({ hz, grain }) => {
      expect((await shownOn({ hz, grain }, 601, { maxFps: 60 })).length).toBe(601);
    },
  );

  it('B22: with maxFps above the rate of the screen it is called in every frame', async () => {
    expect((await shownOn({ hz: 60 }, 601, { maxFps: 144 })).length).toBe(601);
  });

  it.each([
    { hz: 144, maxFps: 60 },
    { hz: 144, maxFps: 30 },
    { hz: 75, maxFps: 60 },
    { hz: 60, maxFps: 50 },
    { hz: 60, maxFps: 24 },
    { hz: 60, maxFps: 7 },
    { hz: 60, maxFps: 0.5 },
  ])(
    'B22: at $hz Hz with maxFps $maxFps it is called that often, and the gaps differ by one frame at most',
    async ({ hz, maxFps }) => {
      const shown = await shownOn({ hz, grain: 0.1 }, hz * 20 + 1, { maxFps });
      expect(Math.abs(shown.length - 1 - 20 * maxFps)).toBeLessThanOrEqual(1);
      const all = gaps(shown);
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1_000 / hz + 0.3);
    },
  );

  it('B22: after a dropped frame the gaps between calls are not shorter than before', async () => {
    const dropped = [11, 32, 47, 48, 77];
    const shown = await shownOn({ hz: 60, grain: 0.1, dropped }, 601, { maxFps: 30 });
    expect(Math.min(...gaps(shown))).toBeGreaterThan(33);
  });

  it('B22: with maxFps delta is the time since the last call, and fixed steps come evenly', async () => {
    const shown = await shownOn({ hz: 60, grain: 0.1 }, 601, { maxFps: 30, fixedStep: STEP });
    expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 2: 300 });
    for (const { delta } of shown.slice(1)) expect(delta).toBeCloseTo(33.33, 0);
  });

  it('B22: after the page was hidden it is called in the first frame with a delta of 0, and then evenly', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const calls: [number, number][] = [];
    let frame = 0;
    reactor.onFrame(({ delta }) => calls.push([frame, Math.round(delta)]), { maxFps: 30 });
    const run = (frames: number): void => {
      for (let n = 0; n < frames; n++, frame++) {
        page.advance(1_000 / 60);
        page.runFrame();
      }
    };
    run(4);
    page.hide();
    page.advance(70);
    page.show();
    run(5);
    expect(calls).toEqual([
      [0, 0],
      [2, 33],
      [4, 0],
      [6, 33],
      [8, 33],
    ]);
  });
});

describe('B22: maxDelta', () => {
  it.each([
    { maxDelta: undefined, expected: 100 },
    { maxDelta: 250, expected: 250 },
    { maxDelta: 20, expected: 20 },
    { maxDelta: Infinity, expected: 1_000 },
  ])('B22: maxDelta $maxDelta: a pause of a second is a delta of $expected', async ({ maxDelta, expected }) => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta), maxDelta === undefined ? {} : { maxDelta });
    for (const ms of [16, 1_000, 16]) {
      page.advance(ms);
      page.runFrame();
    }
    expect(deltas).toEqual([0, expected, 16]);
  });
});
