import { describe, expect, it } from '@jest/globals';
import { BrowserReactor, type Frame } from '@triphase/browser-reactor';
import { fakePage, frame, running, tell } from './page.ts';

/** The arguments of the updates and renders of a callback with these options. `times`: milliseconds between the frames. */
async function framesOf(
  options: Parameters<BrowserReactor['onFrame']>[1],
  times: readonly number[],
): Promise<{ readonly updates: Frame[]; readonly renders: Frame[] }> {
  const page = fakePage();
  const reactor = await running(page);
  const updates: Frame[] = [];
  const renders: Frame[] = [];
  reactor.onFrame({ update: (seen) => updates.push(seen), render: (seen) => renders.push(seen) }, options);
  for (const ms of times) frame(page, ms);
  return { updates, renders };
}

describe('delta, fixedStep and maxSteps of onFrame', () => {
  it('B4: a callback gets the timestamp of each frame and the time since the last one', async () => {
    const { renders } = await framesOf(undefined, [16, 17, 5, 0]);
    expect(renders).toEqual([
      { time: 16, delta: 0, alpha: 1 },
      { time: 33, delta: 17, alpha: 1 },
      { time: 38, delta: 5, alpha: 1 },
      { time: 38, delta: 0, alpha: 1 },
    ]);
  });

  it('B4: delta is at most 100 ms', async () => {
    const { renders } = await framesOf(undefined, [16, 100, 101, 5_000, 16]);
    expect(renders.map(({ delta }) => delta)).toEqual([0, 100, 100, 100, 16]);
  });

  it('B4: delta is never negative; after timestamps that go back no time counts twice', async () => {
    const page = fakePage();
    let callback: ((time: number) => void) | undefined;
    const requestAnimationFrame = (next: (time: number) => void): number => {
      callback = next;
      return 1;
    };
    const reactor = new BrowserReactor({ host: Object.assign(page, { requestAnimationFrame }) });
    void reactor.run();
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta));
    await page.runMicrotasks();
    for (const time of [10, 26, 25, 26, 42]) callback?.(time);
    expect(deltas).toEqual([0, 16, 0, 0, 16]);
  });

  it.each([
    { name: 'hidden', away: 'hide', back: 'show' },
    { name: 'frozen', away: 'hide freeze', back: 'unfreeze show' },
    { name: 'cached', away: 'leave', back: 'comeBack' },
  ])('B4: delta is reset, not accumulated, after the page was $name', async ({ away, back }) => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta));
    frame(page);
    frame(page);
    tell(page, away);
    page.advance(80);
    tell(page, back);
    frame(page);
    frame(page);
    expect(deltas).toEqual([0, 16, 0, 16]);
  });

  it('B4: with fixedStep, update is called for each step that is due, and render once, with the rest as alpha', async () => {
    const { updates, renders } = await framesOf({ fixedStep: 10 }, [16, 16, 4, 0, 25, 5]);
    expect(renders.map(({ delta, alpha }) => [delta, alpha])).toEqual([
      [0, 0],
      [16, 0.6],
      [4, 0],
      [0, 0],
      [25, 0.5],
      [5, 0],
    ]);
    expect(updates.map(({ time, delta }) => [time, delta])).toEqual([
      [32, 10],
      [36, 10],
      [61, 10],
      [61, 10],
      [66, 10],
    ]);
  });

  it.each([1000 / 60, 1000 / 144, 0.1, 7])(
    'B4: over 3 000 frames the number of updates is the time divided by fixedStep (%s)',
    async (fixedStep) => {
      const times = Array.from({ length: 3_001 }, (_, n) => [16, 17, 17][n % 3]!);
      const { updates, renders } = await framesOf({ fixedStep }, times);
      const time = times.slice(1).reduce((sum, ms) => sum + ms, 0);
      expect(Math.abs(updates.length - Math.floor(time / fixedStep + 1e-6))).toBeLessThanOrEqual(0);
      expect(renders.length).toBe(3_001);
      expect(renders.every(({ alpha }) => alpha >= 0 && alpha < 1)).toBe(true);
    },
  );

  it('B4: there are at most maxSteps updates in a frame, and the rest of the time is dropped', async () => {
    const { updates, renders } = await framesOf({ fixedStep: 10, maxSteps: 3 }, [16, 95, 10, 10]);
    expect(updates.map(({ time }) => time)).toEqual([111, 111, 111, 121, 131]);
    expect(renders.map(({ alpha }) => alpha)).toEqual([0, 0.5, 0.5, 0.5]);
  });

  it('B4: without maxSteps a frame has at most the steps of 100 ms', async () => {
    const { updates } = await framesOf({ fixedStep: 1 }, [16, 60_000]);
    expect(updates.length).toBe(100);
  });

  it('B4: a callback that is added later begins with a delta of 0', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(() => undefined);
    frame(page);
    reactor.onFrame(({ delta }) => deltas.push(delta)).remove();
    frame(page, 500);
    reactor.onFrame(({ delta }) => deltas.push(delta));
    frame(page);
    frame(page);
    expect(deltas).toEqual([0, 16]);
  });
});
