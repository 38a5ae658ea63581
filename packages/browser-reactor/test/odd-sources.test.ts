import { describe, expect, it } from '@jest/globals';
import type { FrameGiver } from '@triphase/browser-reactor';
import { drain, fakePage, keepBusy, running } from './page.ts';
import { watched } from './watched-page.ts';

type Callback = (time: number, native?: unknown) => void;

/** A source whose requestAnimationFrame is `give`. `asked` holds the callbacks that it was given. */
function oddSource(give: (callback: Callback, callbacks: Callback[]) => unknown): FrameGiver & { asked: Callback[] } {
  const asked: Callback[] = [];
  return {
    asked,
    requestAnimationFrame: (callback) => {
      asked.push(callback);
      return give(callback, asked) as number; // as: callers without types return anything
    },
  };
}

/** A source that keeps the rules: it returns a new number for each request. */
const sourceWithHandles = oddSource.bind(undefined, (_callback, asked) => asked.length);

describe('useFrames: sources that break the rules', () => {
  it('B26: a source that calls each callback twice gives one frame, and has one request at a time', async () => {
    const { reactor, frames } = await watched();
    const source = sourceWithHandles();
    reactor.useFrames(source);
    for (let n = 0; n < 10; n++) {
      const callback = source.asked.at(-1)!;
      callback(n);
      callback(n);
    }
    expect([frames.map(({ time }) => time), source.asked.length]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 11]);
  });

  it('B26: a source that calls a cancelled callback gives no frame, also if there is another request', async () => {
    const { reactor, frames } = await watched();
    const source = sourceWithHandles();
    reactor.useFrames(source).remove();
    reactor.useFrames(source);
    const [cancelled, current] = source.asked;
    cancelled!(1);
    expect(frames.length).toBe(0);
    current!(2);
    cancelled!(3);
    current!(4);
    expect([frames.map(({ time }) => time), source.asked.length]).toEqual([[2], 3]);
  });

  it("B1: with a window that can't cancel there is one frame at a time, also after hide and show", async () => {
    const page = fakePage();
    const asked: Callback[] = [];
    const host = Object.defineProperties({}, Object.getOwnPropertyDescriptors(page)) as typeof page;
    Object.defineProperties(host, {
      requestAnimationFrame: { value: (callback: Callback) => asked.push(callback) },
      cancelAnimationFrame: { value: () => undefined },
    });
    const reactor = await running(host);
    let called = 0;
    reactor.onFrame(() => called++);
    for (let n = 0; n < 5; n++) {
      page.hide();
      page.show();
    }
    const run = (): void => {
      for (const callback of asked.splice(0)) callback(page.now());
    };
    run();
    expect([called, asked.length]).toEqual([1, 1]);
    run();
    expect([called, asked.length]).toEqual([2, 1]);
  });

  it('B26: a source that returns nothing gives its frames', async () => {
    const { reactor, frames } = await watched();
    const source = oddSource(() => undefined);
    const handle = reactor.useFrames(source);
    source.asked[0]!(1);
    source.asked[1]!(2);
    expect([frames.map(({ time }) => time), source.asked.length]).toEqual([[1, 2], 3]);
    handle.remove();
    source.asked[2]!(3);
    expect(frames.length).toBe(2);
  });

  it.each([undefined, NaN, Infinity, '16', null])(
    'B26: if the time of a source is %p, its frames have the time of the reactor, and fixed steps go on',
    async (time) => {
      const { page, reactor, frames } = await watched();
      let steps = 0;
      reactor.onFrame({ update: () => steps++ }, { fixedStep: 10 });
      const source = sourceWithHandles();
      const handle = reactor.useFrames(source);
      for (let n = 0; n < 4; n++) {
        page.advance(10);
        source.asked.at(-1)!(time as number); // as: callers without types pass anything
      }
      expect([frames.map(({ delta }) => delta), steps]).toEqual([[0, 10, 10, 10], 3]);
      handle.remove();
      for (let n = 0; n < 4; n++) {
        page.advance(10);
        page.runFrame();
      }
      expect([frames.length, steps]).toEqual([8, 6]);
    },
  );

  it('B26: a source that calls the callback before it returns gives no frame and no endless loop; queued calls and the stop go on', async () => {
    const { page, reactor, frames } = await watched();
    const source = oddSource((callback, asked) => {
      callback(1);
      return asked.length;
    });
    reactor.useFrames(source);
    const { ran } = keepBusy(reactor);
    page.advance(200);
    drain(page);
    expect([frames.length, source.asked.length, ran.length > 0]).toEqual([0, 1, true]);
    void reactor.stop();
    for (let n = 0; n < 5; n++) {
      drain(page);
      await page.runMicrotasks();
    }
    expect([reactor.state, page.outstanding]).toEqual(['stopped', 0]);
  });

  it('B26, B16: a source that never calls back delays only frame callbacks; when it is removed, frames come from the window', async () => {
    const { page, reactor, frames } = await watched();
    const source = sourceWithHandles();
    const handle = reactor.useFrames(source);
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('soon'));
    reactor.callLater(300, () => ran.push('later'));
    page.advance(200);
    drain(page);
    page.advance(100);
    drain(page);
    expect([ran, frames.length, source.asked.length]).toEqual([['soon', 'later'], 0, 1]);
    handle.remove();
    drain(page);
    expect(frames.length).toBeGreaterThan(0);
  });

  it('B26: a source whose functions all throw has ended', async () => {
    const { page, reactor, frames } = await watched();
    const refuse = (): never => {
      throw new Error('SecurityError');
    };
    const source = { requestAnimationFrame: refuse, cancelAnimationFrame: refuse, removeEventListener: refuse };
    expect(reactor.useFrames(source).remove()).toBe(false);
    page.runFrame();
    expect(frames.length).toBe(1);
  });

  it.each(['the turn', 'a callback'])(
    'B26: when %s of a frame removes the source, the next delta counts no time of the source',
    async (where) => {
      const { page, reactor, frames } = await watched();
      const source = sourceWithHandles();
      const handle = reactor.useFrames(source);
      page.advance(16);
      source.asked[0]!(1_000_000);
      source.asked[1]!(1_000_016);
      const end = (): void => void handle.remove();
      if (where === 'the turn') reactor.callSoon(end);
      else {
        const once = reactor.onFrame(() => {
          once.remove();
          end();
        });
      }
      source.asked[2]!(1_000_032);
      for (let n = 0; n < 3; n++) {
        page.advance(16);
        page.runFrame();
      }
      const ofWindow = frames.filter(({ time }) => time < 1_000_000).map(({ delta }) => delta);
      expect(ofWindow).toEqual([0, 16, 16]);
    },
  );

  it('B26: when the turn of a frame begins to use a source, its first delta is 0', async () => {
    const { page, reactor, frames } = await watched();
    page.advance(1_000);
    page.runFrame();
    const source = sourceWithHandles();
    page.advance(100); // the message window is over: the turn comes with the frame
    reactor.callSoon(() => void reactor.useFrames(source));
    page.runFrame();
    source.asked[0]!(1_030);
    source.asked[1]!(1_040);
    expect(frames.map(({ time, delta }) => [time, delta])).toEqual([
      [1_000, 0],
      [1_030, 0],
      [1_040, 10],
    ]);
  });
});
