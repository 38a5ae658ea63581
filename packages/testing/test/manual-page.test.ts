import { describe, expect, it } from '@jest/globals';
import { cooperate, every, scaledClock, sleep } from '@triphase/core';
import { manualPage, type ManualPageOptions } from '@triphase/testing/page';

const STEP = 1_000 / 60;

describe('manualPage: frames and time', () => {
  it('B21: in a minute of virtual time a game gets every frame, and one fixed step a frame from the second frame on', async () => {
    const page = manualPage();
    let steps = 0;
    let frames = 0;
    let seconds = 0;
    page.reactor.onFrame({ update: () => steps++, render: () => frames++ }, { fixedStep: STEP });
    page.reactor.on('startup', () => every(page.reactor, 1_000, () => seconds++));
    await page.start();
    await page.advance(60_000);
    expect([frames, steps, seconds, page.reactor.now()]).toEqual([3_600, 3_599, 60, 60_000]);
    await page.finish();
  });

  it.each([30, 60, 144])('B21: %d frames a second, at their times', async (hz) => {
    const page = manualPage({ hz });
    const times: number[] = [];
    page.reactor.onFrame(({ time }) => times.push(time));
    await page.start();
    for (let n = 0; n < hz; n++) await page.advance(1_000 / hz);
    expect(times).toEqual(Array.from({ length: hz }, (_, n) => ((n + 1) * 1_000) / hz));
    await page.advance(0.5);
    expect(times.length).toBe(hz);
    await page.advance(1_000);
    expect(times.length).toBe(2 * hz);
    await page.finish();
  });

  it('B21: timed calls run at their time between the frames, and promise jobs settle after each', async () => {
    const page = manualPage({ hz: 10 });
    const { reactor } = page;
    const order: string[] = [];
    const note = (what: string): number => order.push(`${what} ${String(reactor.now())}`);
    await page.start();
    reactor.onFrame(() => note('frame'));
    const run = async (): Promise<void> => {
      await sleep(reactor, 30);
      note('slept');
      await sleep(reactor, 90);
      note('slept again');
    };
    void run();
    reactor.callLater(250, () => note('late'));
    await page.advance(119);
    expect(order).toEqual(['slept 30', 'frame 100']);
    await page.advance(131);
    expect(order).toEqual(['slept 30', 'frame 100', 'slept again 120', 'frame 200', 'late 250']);
    await page.finish();
  });

  it('B21: queued calls run after a frame without time passing', async () => {
    const page = manualPage();
    const { reactor } = page;
    await page.start();
    let depth = 0;
    const call = (): void => {
      if (++depth < 100) reactor.callSoon(call);
    };
    reactor.callSoon(call);
    await page.advance(STEP);
    expect([depth, reactor.now()]).toEqual([100, STEP]);
    await page.finish();
  });

  it('B21: endless calls stop neither time nor frames', async () => {
    const page = manualPage();
    const { reactor } = page;
    await page.start();
    let isOver = false;
    const call = (): void => {
      if (!isOver) reactor.callSoon(call);
    };
    reactor.callSoon(call);
    let frames = 0;
    reactor.onFrame(() => frames++);
    await page.advance(1_000);
    expect([frames, reactor.now()]).toEqual([60, 1_000]);
    isOver = true;
    await page.advance(1_000);
    expect([frames, reactor.now()]).toEqual([120, 2_000]);
    await page.finish();
  });

  it('B21: a scaled clock can pause and slow down the steps of a game', async () => {
    const page = manualPage();
    const game = scaledClock(page.reactor);
    let steps = 0;
    page.reactor.onFrame({ update: () => steps++ }, { clock: game, fixedStep: STEP });
    await page.start();
    await page.advance(1_000);
    expect(steps).toBe(59);
    game.pause();
    await page.advance(10_000);
    expect(steps).toBe(59);
    game.resume();
    game.rate = 0.5;
    await page.advance(2_000);
    expect(Math.abs(steps - 119)).toBeLessThanOrEqual(1);
    await page.finish();
  });

  it('B21, B24: idle tasks get the rest of each frame', async () => {
    const page = manualPage();
    await page.start();
    let steps = 0;
    function* work(): Generator<void> {
      for (;;) {
        steps++;
        yield;
      }
    }
    const task = cooperate(page.reactor, work(), { priority: 'idle' });
    await page.advance(STEP * 3 - 1);
    const stepsPerSlice = 50_000; // the maximum: virtual time stands still in a step
    expect(steps).toBe(3 * stepsPerSlice); // at 0 and after two frames
    let frames = 0;
    page.reactor.onFrame(() => frames++);
    await page.advance(STEP * 2);
    expect([frames, steps]).toEqual([2, 5 * stepsPerSlice]);
    task.stop();
    await page.finish();
  });

  it('B21: the same program runs the same way each time', async () => {
    const run = async (): Promise<string[]> => {
      const page = manualPage({ hz: 50 });
      const { reactor } = page;
      const order: string[] = [];
      await page.start();
      reactor.onFrame(({ delta }) => {
        order.push(`frame ${String(delta)}`);
        if (reactor.random() < 0.3)
          reactor.callLater(reactor.random() * 100, () => order.push(`at ${String(reactor.now())}`));
      });
      await page.advance(3_000);
      await page.finish();
      return order;
    };
    expect(await run()).toEqual(await run());
  });
});

describe('manualPage: options', () => {
  it('B21: parts of the host can be replaced', async () => {
    const fetched: string[] = [];
    const host = {
      navigator: {},
      fetch: (url: string) => {
        fetched.push(url);
        return Promise.resolve();
      },
    };
    const page = manualPage({ host });
    await page.start();
    page.reactor.send('/x');
    expect([fetched, page.sent]).toEqual([['/x'], []]);
    await page.finish();
  });

  it('B21: advance() and finish() reject while another call is pending', async () => {
    const page = manualPage();
    await page.start();
    const first = page.advance(100);
    await expect(page.advance(100)).rejects.toThrow('The page is being driven already');
    await expect(page.finish()).rejects.toThrow('The page is being driven already');
    await first;
    await page.finish();
  });

  it.each([
    { options: { hz: 0 }, kind: RangeError, message: 'hz is 0: give a number of frames a second, above 0' },
    { options: { hz: Infinity }, kind: RangeError, message: 'hz is Infinity' },
    { options: { hz: '60' }, kind: RangeError, message: 'hz is 60' },
    { options: { patienceMs: -1 }, kind: RangeError, message: 'patienceMs is' },
    { options: { whenHidden: 'never' }, kind: RangeError, message: 'whenHidden is never' },
  ])('B21: manualPage($options) throws', ({ options, kind, message }) => {
    // as: callers without types pass anything
    const make = (): unknown => manualPage(options as unknown as ManualPageOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it.each([NaN, -1, Infinity, '5'])('B21: advance(%p) rejects', async (ms) => {
    const page = manualPage();
    await page.start();
    // as: callers without types pass anything
    await expect(page.advance(ms as number)).rejects.toThrow(/number|Infinity/);
    await page.finish();
  });
});
