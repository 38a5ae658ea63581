import { describe, expect, it } from '@jest/globals';
import { BrowserReactor, type BrowserHost, type FrameGiver } from '@triphase/browser-reactor';
import { drain, fakePage, keepBusy, running, workerOf } from './page.ts';
import { Session } from './session.ts';
import { watched } from './watched-page.ts';

describe('useFrames', () => {
  it('B26: frames come from the source; the request for a frame moves to the source, and back when it is removed', async () => {
    const { page, reactor, frames } = await watched();
    page.advance(16);
    page.runFrame();
    const before = page.outstanding;
    const session = new Session();
    const handle = reactor.useFrames(session);
    expect([session.callbacks.size, page.outstanding]).toEqual([1, before - 1]);
    page.advance(16);
    page.runFrame();
    expect(frames.length).toBe(1);
    session.frame(5_000);
    session.frame(5_011);
    expect([session.callbacks.size, frames.map(({ delta }) => delta)]).toEqual([1, [0, 0, 11]]);
    expect([handle.remove(), handle.remove()]).toEqual([true, false]);
    expect([session.callbacks.size, session.listeners, page.outstanding]).toEqual([0, [], before]);
    page.advance(16);
    page.runFrame();
    page.advance(16);
    page.runFrame();
    expect(frames.map(({ time, delta }) => [time, delta])).toEqual([
      [16, 0],
      [5_000, 0],
      [5_011, 11],
      [48, 0],
      [64, 16],
    ]);
  });

  it('B26: native of a frame is the second argument that the source passes', async () => {
    const { page, reactor, frames } = await watched();
    const session = new Session();
    const handle = reactor.useFrames(session);
    session.frame(1, 'an XRFrame');
    handle.remove();
    page.runFrame();
    expect(frames).toEqual([
      { time: 1, delta: 0, alpha: 1, native: 'an XRFrame' },
      { time: 0, delta: 0, alpha: 1 },
    ]);
  });

  it('B26: turns of the queue come in the frames of the source', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const session = new Session();
    reactor.useFrames(session);
    expect(session.callbacks.size).toBe(0);
    const { ran } = keepBusy(reactor);
    expect(session.callbacks.size).toBe(1);
    page.runFrame();
    expect(ran.length).toBe(0);
    session.frame(0);
    expect(ran.length).toBeGreaterThan(0);
  });

  it.each(['end', 'pagehide'])('B26: after the event %s frames come from the window again', async (type) => {
    const { page, reactor, frames } = await watched();
    const session = new Session();
    const handle = reactor.useFrames(session);
    session.end(type);
    expect(session.listeners).toEqual([]);
    page.runFrame();
    expect(frames.length).toBe(1);
    expect(handle.remove()).toBe(false);
  });

  it.each([
    { name: 'returns 0', requestAnimationFrame: () => 0 },
    {
      name: 'throws',
      requestAnimationFrame: () => {
        throw new Error('InvalidStateError');
      },
    },
  ])('B26: a source whose requestAnimationFrame $name has ended', async ({ requestAnimationFrame }) => {
    const { page, reactor, frames } = await watched();
    const session = new Session();
    reactor.useFrames(session);
    session.requestAnimationFrame = requestAnimationFrame;
    session.frame(1);
    expect([frames.length, session.listeners]).toEqual([1, []]);
    page.runFrame();
    expect(frames.length).toBe(2);
  });

  it('B26: a source that has ended already is not used', async () => {
    const { page, reactor, frames } = await watched();
    const session = new Session();
    session.isOver = true;
    const handle = reactor.useFrames(session);
    page.runFrame();
    expect([frames.length, handle.remove(), session.listeners]).toEqual([1, false, []]);
  });

  it('B26: after a window that was closed without an event, frames come from the own window within 500 ms', async () => {
    const { page, reactor, frames } = await watched();
    const popup = new Session();
    reactor.useFrames(popup);
    popup.frame(1);
    popup.closed = true;
    page.advance(199);
    expect(page.calls['requestAnimationFrame']).toBe(1);
    page.advance(300);
    expect(page.calls['requestAnimationFrame']).toBe(2);
    page.runFrame();
    expect([frames.length, popup.listeners]).toEqual([2, []]);
  });

  it('B26: a second source replaces the first; the end or the removal of the first then has no effect', async () => {
    const { page, reactor, frames } = await watched();
    const [first, second] = [new Session(), new Session()];
    const handle = reactor.useFrames(first);
    reactor.useFrames(second);
    expect([first.callbacks.size, first.listeners, second.callbacks.size]).toEqual([0, [], 1]);
    handle.remove();
    first.end('end');
    second.frame(1);
    expect(frames.length).toBe(1);
    second.end('end');
    page.runFrame();
    expect(frames.length).toBe(2);
  });

  it('B26: a callback of a source without cancelAnimationFrame is ignored once the source is removed', async () => {
    const { page, reactor, frames } = await watched();
    const callbacks: ((time: number) => void)[] = [];
    const source: FrameGiver = { requestAnimationFrame: (callback) => callbacks.push(callback) };
    const handle = reactor.useFrames(source);
    handle.remove();
    callbacks[0]?.(1);
    expect(frames.length).toBe(0);
    page.runFrame();
    expect(frames.length).toBe(1);
  });

  it('B26: a window that goes to another site, and then throws at each call, has ended', async () => {
    const { page, reactor, frames } = await watched();
    const popup = new Session();
    reactor.useFrames(popup);
    const refuse = (): never => {
      throw new Error('SecurityError');
    };
    Object.assign(popup, { requestAnimationFrame: refuse, cancelAnimationFrame: refuse, removeEventListener: refuse });
    popup.dispatchEvent(new Event('pagehide'));
    page.runFrame();
    expect(frames.length).toBe(1);
  });

  it('B26: a frame callback may change the source', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const session = new Session();
    const order: string[] = [];
    const first = reactor.onFrame(() => {
      order.push('window');
      first.remove();
      reactor.useFrames(session);
      reactor.onFrame(() => order.push('session'));
    });
    page.runFrame();
    page.runFrame();
    session.frame(1);
    expect([order, session.callbacks.size, session.requested]).toEqual([['window', 'session'], 1, 2]);
  });

  it.each(['run', 'throttle', 'pause'] as const)(
    'B26, B5: whenHidden %s: the frames of a source go on in a hidden page; queued calls follow the policy',
    async (whenHidden) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      const session = new Session();
      let called = 0;
      reactor.onFrame(() => called++);
      reactor.useFrames(session);
      page.hide();
      const { ran } = keepBusy(reactor);
      session.frame(1);
      session.frame(2);
      expect([called, ran.length]).toEqual([2, 0]);
      drain(page);
      page.advance(1_000);
      expect(ran.length > 0).toBe(whenHidden !== 'pause');
    },
  );

  it.each(['stop', 'crash'] as const)(
    'B26: it can be called before the run; after %s nothing is left in the source',
    async (end) => {
      const page = fakePage();
      const reactor = new BrowserReactor({ host: page });
      const session = new Session();
      let called = 0;
      reactor.onFrame(() => called++);
      reactor.useFrames(session);
      const stopped = reactor.run();
      await page.runMicrotasks();
      session.frame(1);
      expect(called).toBe(1);
      void reactor[end]();
      session.frame(2);
      for (let n = 0; n < 5; n++) {
        drain(page);
        await page.runMicrotasks();
      }
      await stopped;
      expect([session.callbacks.size, session.listeners, page.outstanding]).toEqual([0, [], 0]);
    },
  );

  it('B26, B7: a worker without frames of its own gets those of a source', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: workerOf(page, false) });
    void reactor.run();
    await page.runMicrotasks();
    const session = new Session();
    let called = 0;
    reactor.onFrame(() => called++);
    const handle = reactor.useFrames(session);
    session.frame(1);
    handle.remove();
    session.frame(2);
    expect(called).toBe(1);
  });

  it('B26: the functions are called with the source as this', async () => {
    const { reactor } = await watched();
    const seen: unknown[] = [];
    const source = {
      requestAnimationFrame(this: unknown) {
        seen.push(this);
        return 1;
      },
      cancelAnimationFrame(this: unknown) {
        seen.push(this);
      },
    };
    reactor.useFrames(source).remove();
    expect(seen.map((self) => self === source)).toEqual([true, true]);
  });

  it.each([undefined, null, 7, {}, { requestAnimationFrame: 7 }])('B26: %p is refused as a source', (source) => {
    const reactor = new BrowserReactor();
    // as: callers without types pass anything
    expect(() => reactor.useFrames(source as unknown as Required<BrowserHost>)).toThrow(
      new TypeError('useFrames() needs a source with requestAnimationFrame: a window, or a WebXR session'),
    );
  });
});
