import { describe, expect, it } from '@jest/globals';
import type { Frame, FrameGiver } from '@triphase/browser-reactor';
import { drain, fakePage, keepBusy, running } from './page.ts';

type Callback = (time: number, native?: unknown) => void;

/** A source that does as its functions say, and the callbacks that it was given. */
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

const numbered = oddSource.bind(undefined, (_callback, asked) => asked.length);

async function watched(): Promise<{
  page: ReturnType<typeof fakePage>;
  reactor: Awaited<ReturnType<typeof running>>;
  frames: Frame[];
}> {
  const page = fakePage();
  const reactor = await running(page);
  const frames: Frame[] = [];
  reactor.onFrame((frame) => frames.push(frame), { name: 'seen' });
  return { page, reactor, frames };
}

describe('useFrames: sources that do not do as they should', () => {
  it('B26: one that calls back twice gives one frame, and is asked for one at a time', async () => {
    const { reactor, frames } = await watched();
    const source = numbered();
    reactor.useFrames(source);
    for (let n = 0; n < 10; n++) {
      const callback = source.asked.at(-1)!;
      callback(n);
      callback(n);
    }
    expect([frames.map(({ time }) => time), source.asked.length]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 11]);
  });

  it('B26: one that calls back for what was cancelled gives no frame for it, also when another was asked for', async () => {
    const { reactor, frames } = await watched();
    const source = numbered();
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

  it('B1: so it is with a window that can not cancel: after hide and show there is one frame at a time', async () => {
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

  it('B26: one that returns nothing gives its frames', async () => {
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
    'B26: one whose time is %p has the time of the reactor; steps go on, here and later in the window',
    async (time) => {
      const { page, reactor, frames } = await watched();
      let steps = 0;
      reactor.onFrame({ update: () => steps++ }, { fixedStep: 10 });
      const source = numbered();
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

  it('B26: one that calls back before it returns is no frame and no endless loop; queued calls and the stop go on', async () => {
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

  it('B26, B16: one that never calls holds frame callbacks back and nothing else; when it is removed frames come from the window', async () => {
    const { page, reactor, frames } = await watched();
    const source = numbered();
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

  it('B26: one that throws in each of its functions is one that has ended', async () => {
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
    'B26: %s of a frame ends the source: no time of the source is in the next delta',
    async (where) => {
      const { page, reactor, frames } = await watched();
      const source = numbered();
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

  it('B26: the turn of a frame begins to use a source: its first delta is 0', async () => {
    const { page, reactor, frames } = await watched();
    page.advance(1_000);
    page.runFrame();
    const source = numbered();
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
