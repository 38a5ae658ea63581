import { describe, expect, it } from '@jest/globals';
import type { ErrorSource } from '@triphase/core';
import { BrowserReactor, type Frame, type FramePhases } from '@triphase/browser-reactor';
import { drain, fakePage, keepBusy, running, started, tell, workerOf, type Page } from './page.ts';

/** One frame, after the time between two on a screen. */
function frame(page: Page, ms = 16): void {
  page.advance(ms);
  page.runFrame();
}

/** What a callback with these options is given, frame by frame. */
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

describe('onFrame', () => {
  it('B4: a callback is called in each frame, with its timestamp and the time since the one before', async () => {
    const { renders } = await framesOf(undefined, [16, 17, 5, 0]);
    expect(renders).toEqual([
      { time: 16, delta: 0, alpha: 1 },
      { time: 33, delta: 17, alpha: 1 },
      { time: 38, delta: 5, alpha: 1 },
      { time: 38, delta: 0, alpha: 1 },
    ]);
  });

  it('B4: a function is a render', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    reactor.onFrame(() => order.push('function'));
    reactor.onFrame({ update: () => order.push('update'), render: () => order.push('render') });
    frame(page);
    expect(order).toEqual(['update', 'function', 'render']);
  });

  it('B4: of all callbacks of a frame every read runs before every update, and that before every render', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    const phases = (name: string): FramePhases => ({
      render: () => order.push(`render ${name}`),
      update: () => order.push(`update ${name}`),
      read: () => order.push(`read ${name}`),
    });
    for (const name of ['a', 'b']) reactor.onFrame(phases(name));
    frame(page);
    expect(order).toEqual(['read a', 'read b', 'update a', 'update b', 'render a', 'render b']);
  });

  it('B4: delta is at most 100 ms, however long the page stood still', async () => {
    const { renders } = await framesOf(undefined, [16, 100, 101, 5_000, 16]);
    expect(renders.map(({ delta }) => delta)).toEqual([0, 100, 100, 100, 16]);
  });

  it('B4: delta is never negative, and a clock that goes back gives nothing twice', async () => {
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

  it('B4: with fixedStep, update gets that delta as often as it is due, and render once with what is left over', async () => {
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
    'B4: as many steps are given as the time holds, over many frames, whatever floating point says (fixedStep: %s)',
    async (fixedStep) => {
      const times = Array.from({ length: 3_001 }, (_, n) => [16, 17, 17][n % 3]!);
      const { updates, renders } = await framesOf({ fixedStep }, times);
      const time = times.slice(1).reduce((sum, ms) => sum + ms, 0);
      expect(Math.abs(updates.length - Math.floor(time / fixedStep + 1e-6))).toBeLessThanOrEqual(0);
      expect(renders.length).toBe(3_001);
      expect(renders.every(({ alpha }) => alpha >= 0 && alpha < 1)).toBe(true);
    },
  );

  it('B4: at most maxSteps updates in a frame: time beyond them is dropped, not saved up', async () => {
    const { updates, renders } = await framesOf({ fixedStep: 10, maxSteps: 3 }, [16, 95, 10, 10]);
    expect(updates.map(({ time }) => time)).toEqual([111, 111, 111, 121, 131]);
    expect(renders.map(({ alpha }) => alpha)).toEqual([0, 0.5, 0.5, 0.5]);
  });

  it('B4: without maxSteps a frame has as many steps as 100 ms hold', async () => {
    const { updates } = await framesOf({ fixedStep: 1 }, [16, 60_000]);
    expect(updates.length).toBe(100);
  });

  it('B4: one that throws is reported, with its name, and stays; the others run', async () => {
    const page = fakePage();
    const reported: [unknown, ErrorSource][] = [];
    const reactor = await running(page, { onError: (error, source) => reported.push([error, source]) });
    const ran: string[] = [];
    reactor.onFrame(
      {
        read: function measure() {
          throw 'read';
        },
        update: () => {
          throw 'update';
        },
        render: () => ran.push('own render'),
      },
      { fixedStep: 5 },
    );
    reactor.onFrame(
      () => {
        throw 'render';
      },
      { name: 'scene' },
    );
    reactor.onFrame(() => ran.push('other'));
    frame(page);
    expect(ran).toEqual(['own render', 'other']);
    expect(reported).toEqual([
      ['read', { kind: 'call', name: 'measure' }],
      ['render', { kind: 'call', name: 'scene' }],
    ]);
    reported.length = 0;
    frame(page); // three steps are due: the first fails, and is reported once
    expect(ran.length).toBe(4);
    expect(reported.map(([error]) => error)).toEqual(['read', 'update', 'render']);
    expect(reactor.stats().errors).toBe(5);
  });

  it('C36: an async one that fails is reported too, never an unhandled rejection', async () => {
    const page = fakePage();
    const reported: unknown[] = [];
    const reactor = await running(page, { onError: (error) => reported.push(error) });
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- people do that
    reactor.onFrame(async () => {
      await Promise.resolve();
      throw 'late';
    });
    frame(page);
    await page.runMicrotasks();
    expect(reported).toEqual(['late']);
  });

  it('B4: one that is removed in a frame is not called any more in it, one that is added waits for the next', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    const handle = reactor.onFrame({
      read: () => {
        order.push('read');
        expect([handle.remove(), handle.remove()]).toEqual([true, false]);
        reactor.onFrame({ read: () => order.push('added, read'), render: () => order.push('added') });
        other.remove();
      },
      update: () => order.push('never'),
    });
    const other = reactor.onFrame(() => order.push('never'));
    frame(page);
    expect(order).toEqual(['read']);
    frame(page);
    expect(order).toEqual(['read', 'added, read', 'added']);
  });

  it('B4: the same function twice is two callbacks, and disposing a handle removes its own', async () => {
    const page = fakePage();
    const reactor = await running(page);
    let called = 0;
    const callback = (): void => {
      called++;
    };
    const first = reactor.onFrame(callback);
    reactor.onFrame(callback);
    frame(page);
    first[Symbol.dispose]();
    frame(page);
    expect(called).toBe(3);
  });

  it('B4: one that is added later begins with a delta of 0', async () => {
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

  it('B1, B4: one native frame serves all callbacks and the queue; the turn comes first, so that what it changed is drawn', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    for (const name of ['a', 'b']) reactor.onFrame(() => order.push(name));
    reactor.callSoon(() => order.push('call'));
    expect(page.calls['requestAnimationFrame']).toBe(1);
    frame(page);
    expect(order).toEqual(['call', 'a', 'b']);
    expect(page.calls['requestAnimationFrame']).toBe(2);
  });

  it('B3: frames that only callbacks wanted open the message window again, too', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const ran: string[] = [];
    reactor.onFrame(() => ran.push('frame'));
    frame(page);
    reactor.callSoon(() => ran.push('call'));
    page.deliverMessages();
    expect(ran).toEqual(['frame', 'call']);
  });

  it('B1: a frame is asked for while there is a callback and the reactor runs, no longer', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: page });
    let frames = 0;
    const asked = (): number =>
      (page.calls['requestAnimationFrame'] ?? 0) - (page.calls['cancelAnimationFrame'] ?? 0) - frames;
    let called = 0;
    const handle = reactor.onFrame(() => called++);
    let start: () => void = () => undefined;
    reactor.once('startup', () => new Promise<void>((resolve) => (start = resolve)));
    expect(asked()).toBe(0);
    void reactor.run();
    reactor.callSoon(() => undefined);
    page.runFrame();
    frames++;
    expect([asked(), called]).toEqual([0, 0]); // before the start is over there may be nothing to draw
    start();
    await page.runMicrotasks();
    expect(asked()).toBe(1);
    handle.remove();
    expect(asked()).toBe(0);
    reactor.onFrame(() => called++);
    expect(asked()).toBe(1);
    reactor.crash();
    expect([asked(), page.outstanding, called]).toEqual([0, 0, 0]);
  });

  it('B4: frames go on in before shutdown, and not once what they draw is being closed', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    const releases: (() => void)[] = [];
    const wait = (name: string) => (): Promise<void> => {
      order.push(name);
      return new Promise((resolve) => releases.push(resolve));
    };
    reactor.onFrame(() => order.push('frame'));
    reactor.on('shutdown', { before: wait('before'), during: wait('during') });
    const stopped = reactor.stop();
    frame(page); // the turn that fires shutdown
    frame(page);
    releases.shift()?.();
    await page.runMicrotasks();
    const { outstanding } = page;
    frame(page);
    frame(page);
    expect(order).toEqual(['before', 'frame', 'frame', 'during']);
    expect(page.outstanding).toBe(outstanding - 1); // the frame that was asked for in before
    releases.shift()?.();
    await stopped;
    page.deliverMessages();
    expect(page.outstanding).toBe(0);
  });

  it('B4: a frame that stops the reactor, or crashes it, is its last', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    reactor.onFrame(() => {
      order.push('first');
      reactor.crash();
    });
    reactor.onFrame(() => order.push('second'));
    frame(page);
    frame(page);
    expect([order, page.outstanding]).toEqual([['first'], 0]);
  });

  it('C31: after a crash the callbacks are there in the next run', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta));
    frame(page);
    reactor.crash();
    page.advance(50);
    void reactor.run();
    await page.runMicrotasks();
    frame(page);
    frame(page);
    expect(deltas).toEqual([0, 0, 16]);
  });

  it.each(['run', 'throttle', 'pause'] as const)(
    'B5: %s: no frame callback runs while hidden, though Firefox still fires frames',
    async (whenHidden) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      let called = 0;
      reactor.onFrame(() => called++);
      const { ran } = keepBusy(reactor);
      page.hide();
      for (let n = 0; n < 5; n++) {
        frame(page, 1_000);
        drain(page);
      }
      expect(called).toBe(0);
      expect(ran.length > 0).toBe(whenHidden !== 'pause');
      page.show();
      frame(page);
      expect(called).toBe(1);
    },
  );

  it('B5: a page that is hidden at the start has its first frame when it is shown', async () => {
    const page = fakePage({ visibilityState: 'hidden' });
    const reactor = await running(page);
    let called = 0;
    reactor.onFrame(() => called++);
    frame(page);
    expect([called, page.calls['requestAnimationFrame']]).toEqual([0, undefined]);
    page.show();
    frame(page);
    expect(called).toBe(1);
  });

  it.each([true, false])(
    'B7: in a worker frames are those of the worker; without any it is never called (hasFrames: %s)',
    async (hasFrames) => {
      const page = fakePage();
      const reactor = new BrowserReactor({ host: workerOf(page, hasFrames) });
      void reactor.run();
      let called = 0;
      reactor.onFrame(() => called++);
      await page.runMicrotasks();
      frame(page);
      page.advance(1_000);
      expect(called).toBe(hasFrames ? 1 : 0);
    },
  );

  it('B14: it can be registered anywhere', () => {
    expect(new BrowserReactor().onFrame(() => undefined).remove()).toBe(true);
  });

  it.each([
    { options: { fixedStep: 0 } },
    { options: { fixedStep: 0.099 } },
    { options: { fixedStep: 1 / 60 } }, // seconds
    { options: { fixedStep: Number.MIN_VALUE } },
    { options: { fixedStep: -1 } },
    { options: { fixedStep: NaN } },
    { options: { fixedStep: Infinity } },
    { options: { maxSteps: 0 } },
    { options: { maxSteps: NaN } },
  ])('B4: $options is refused', ({ options }) => {
    expect(() => started(fakePage()).onFrame(() => undefined, options)).toThrow(RangeError);
  });

  it.each([undefined, null, 7, {}, { rendr: () => undefined }, { read: 7 }, { read: undefined }])(
    'B4: %p is no callback',
    (callback) => {
      // as: callers without types pass anything
      expect(() => started(fakePage()).onFrame(callback as FramePhases)).toThrow(TypeError);
    },
  );
});
