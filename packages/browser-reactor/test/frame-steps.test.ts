import { describe, expect, it } from '@jest/globals';
import { STEP, screens, shownOn, tally, type Shown } from './screen.ts';

/** How many frames lie between one update and the next. */
function gapsOf(shown: readonly Shown[]): number[] {
  const at = shown.flatMap(({ updates }, frame) => (updates > 0 ? [frame] : []));
  return at.slice(1).map((frame, n) => frame - at[n]!);
}

describe('B22: even steps', () => {
  it.each(screens(59.94, 60, 60.1))(
    'B22: at $hz Hz, timestamps rounded to $grain ms, each frame has one update',
    async ({ hz, grain }) => {
      const shown = await shownOn({ hz, grain }, 3_601, { fixedStep: STEP });
      expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 1: 3_600 });
      expect(new Set(shown.map(({ alpha }) => Math.round(alpha * 1e6))).size).toBe(1); // what is drawn doesn't tremble
    },
  );

  it.each(screens(30))(
    'B22: at $hz Hz, timestamps rounded to $grain ms, each frame has two updates',
    async ({ hz, grain }) => {
      const shown = await shownOn({ hz, grain }, 601, { fixedStep: STEP });
      expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 2: 600 });
    },
  );

  it.each(screens(120, 119.88))(
    'B22: at $hz Hz, timestamps rounded to $grain ms, every other frame has an update',
    async ({ hz, grain }) => {
      const shown = await shownOn({ hz, grain }, 1_201, { fixedStep: STEP });
      expect(tally(gapsOf(shown))).toEqual({ 2: 599 });
    },
  );

  it.each(screens(144))(
    'B22: at $hz Hz, timestamps rounded to $grain ms, every second or third frame has an update',
    async ({ hz, grain }) => {
      const shown = await shownOn({ hz, grain }, 1_441, { fixedStep: STEP });
      const gaps = tally(gapsOf(shown));
      expect(Object.keys(gaps)).toEqual(['2', '3']);
      expect(shown.reduce((sum, { updates }) => sum + updates, 0)).toBeGreaterThanOrEqual(599);
      expect(shown.reduce((sum, { updates }) => sum + updates, 0)).toBeLessThanOrEqual(601);
    },
  );

  it.each(screens(50, 72, 75, 85, 90, 100, 144, 165, 240, 360))(
    'B22: at $hz Hz, timestamps rounded to $grain ms, a game is as fast as at 60 Hz',
    async ({ hz, grain }) => {
      const shown = await shownOn({ hz, grain }, hz * 100 + 1, { fixedStep: STEP });
      const updates = shown.reduce((sum, each) => sum + each.updates, 0);
      expect(Math.abs(updates - 6_000)).toBeLessThanOrEqual(12); // 0.2 %
      // No frame has two updates more than another.
      const counts = Object.keys(tally(shown.slice(1).map((each) => each.updates))).map(Number);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    },
  );

  it.each(screens(75, 100, 240).filter(({ grain }) => grain < 1))(
    'B22: at $hz Hz, timestamps rounded to $grain ms, the gaps between updates differ by one frame at most',
    async ({ hz, grain }) => {
      const gaps = Object.keys(tally(gapsOf(await shownOn({ hz, grain }, hz * 10, { fixedStep: STEP })))).map(Number);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    },
  );

  it('B22: timestamps that are up to a tenth of a frame off change nothing', async () => {
    const jitter = (frame: number): number => Math.sin(frame * frame) * 1.6;
    const shown = await shownOn({ hz: 60, jitter }, 601, { fixedStep: STEP });
    expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 1: 600 });
  });

  it('B22: a frame that is dropped gives its update to the next one', async () => {
    const shown = await shownOn({ hz: 60, grain: 0.1, dropped: [10, 20, 21, 40] }, 61, { fixedStep: STEP });
    expect(shown.flatMap(({ updates }, frame) => (updates === 1 ? [] : [[frame, updates]]))).toEqual([
      [0, 0],
      [9, 2],
      [18, 3],
      [36, 2],
    ]);
  });

  it('B22: steps of 100 ms come ten times a second', async () => {
    const shown = await shownOn({ hz: 60, grain: 0.1 }, 601, { fixedStep: 100 });
    expect(tally(gapsOf(shown))).toEqual({ 6: 99 });
    expect(Math.max(...shown.map(({ alpha }) => alpha))).toBeCloseTo(5 / 6);
  });

  it('B22: the sum of all steps follows the time, for random rates, steps and jitter', async () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 50; round++) {
      const step = 1 + random() * 60;
      const hz = 20 + random() * 200;
      const jitter = (): number => random() * random() * 10;
      const shown = await shownOn({ hz, jitter }, 2_000, { fixedStep: step });
      const steps = shown.reduce(
        (sum, { updates, alpha }, n) => sum + updates + (n === shown.length - 1 ? alpha : 0),
        0,
      );
      const time = shown.slice(1).reduce((sum, { delta }) => sum + delta, 0);
      // At most half a step in 128 frames is lost: 0.4 %.
      expect(Math.abs(steps * step - time)).toBeLessThanOrEqual(step + (2_000 / 128) * (step / 2));
      expect(shown.every(({ alpha, updates }) => alpha >= 0 && alpha < 1 && updates >= 0)).toBe(true);
    }
  });
});
