import { describe, expect, it } from '@jest/globals';
import type { ErrorSource } from '@triphase/core';
import { BrowserReactor, type FramePhases } from '@triphase/browser-reactor';
import { drain, fakePage, frame, keepBusy, running, started, workerOf } from './page.ts';

describe('onFrame', () => {
  it('B4: a function is called in the phase render', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    reactor.onFrame(() => order.push('function'));
    reactor.onFrame({ update: () => order.push('update'), render: () => order.push('render') });
    frame(page);
    expect(order).toEqual(['update', 'function', 'render']);
  });

  it('B4: in a frame all reads run first, then all updates, then all renders', async () => {
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

  it('B4: a callback that throws is reported with its name and stays registered; the others run', async () => {
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

  it('C36: an async callback that rejects is reported, and makes no unhandled rejection', async () => {
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

  it('B4: a callback that is removed in a frame is not called any more in it; one that is added is called from the next frame on', async () => {
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

  it('B1, B4: one native frame serves all callbacks and the queue; the turn comes first', async () => {
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

  it('B3: frames that only callbacks have requested open the message window, too', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const ran: string[] = [];
    reactor.onFrame(() => ran.push('frame'));
    frame(page);
    reactor.callSoon(() => ran.push('call'));
    page.deliverMessages();
    expect(ran).toEqual(['frame', 'call']);
  });

  it('B1: a frame is requested only while there is a callback and the reactor runs', async () => {
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

  it('B4: callbacks are called in before shutdown, and not in later phases', async () => {
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

  it('B4: after a callback that crashes the reactor no other one is called', async () => {
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

  it('C31: after a crash the callbacks are called in the next run', async () => {
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
    'B5: whenHidden %s: no frame callback is called while hidden, also if the browser still fires frames',
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

  it('B5: on a page that is hidden at the start callbacks are called once it is shown', async () => {
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
    'B7: in a worker callbacks are called in the frames of the worker, if it has any (hasFrames: %s)',
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

  it('B14: a callback can be registered on any host', () => {
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
    'B4: %p is refused as a callback',
    (callback) => {
      // as: callers without types pass anything
      expect(() => started(fakePage()).onFrame(callback as FramePhases)).toThrow(TypeError);
    },
  );
});
