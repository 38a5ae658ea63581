import { describe, expect, it, jest } from '@jest/globals';
import { every } from '../../src/tasks/looping-call.ts';
import { hostClock } from '../../src/tasks/host-clock.ts';
import { sleep } from '../../src/tasks/sleep.ts';

/** Runs a test under fake timers. */
function faked(body: () => void): () => void {
  return () => {
    jest.useFakeTimers();
    try {
      body();
    } finally {
      jest.useRealTimers();
    }
  };
}

describe('hostClock', () => {
  it(
    'C69: calls in the order of their deadlines, never early, by one timer of the host',
    faked(() => {
      const clock = hostClock();
      const order: string[] = [];
      const start = clock.now();
      for (const ms of [30, 10, 20, 10])
        clock.callLater(ms, () => order.push(`${String(ms)} at ${String(clock.now() - start)}`));
      clock.callSoon(() => order.push('soon'));
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(9);
      expect(order).toEqual(['soon']);
      jest.advanceTimersByTime(100);
      expect(order).toEqual(['soon', '10 at 10', '10 at 10', '20 at 20', '30 at 30']);
      expect(jest.getTimerCount()).toBe(0);
    }),
  );

  it(
    'C39, C69: a delay that no host can time is honoured',
    faked(() => {
      const clock = hostClock();
      let calls = 0;
      clock.callLater(2 ** 32, () => ++calls);
      jest.advanceTimersByTime(2 ** 32 - 1);
      expect(calls).toBe(0);
      jest.advanceTimersByTime(1);
      expect(calls).toBe(1);
      clock.callLater(Infinity, () => ++calls);
      expect(jest.getTimerCount()).toBe(0);
    }),
  );

  it(
    'C41, C69: a cancelled call holds no timer, which would keep a process alive',
    faked(() => {
      const clock = hostClock();
      const first = clock.callLater(1_000, () => undefined);
      const second = clock.callLater(2_000, () => undefined, { signal: AbortSignal.abort() });
      expect(second.active).toBe(false);
      const controller = new AbortController();
      clock.callLater(3_000, () => undefined, { signal: controller.signal });
      first.cancel();
      expect(jest.getTimerCount()).toBe(1);
      controller.abort();
      expect(jest.getTimerCount()).toBe(0);
      expect(() => {
        first.cancel();
      }).toThrow('already');
    }),
  );

  it(
    'C69: an error of a call is an uncaught error of the host, and the other calls still run',
    faked(() => {
      const clock = hostClock();
      const order: string[] = [];
      clock.callLater(5, () => {
        throw new Error('no');
      });
      clock.callLater(5, () => order.push('other'));
      expect(() => {
        jest.advanceTimersByTime(5);
        jest.advanceTimersByTime(5);
      }).toThrow('no');
      jest.advanceTimersByTime(5);
      expect(order).toEqual(['other']);
    }),
  );

  it(
    'C4, C69: it takes the functions of the host when it is made, all of them',
    faked(() => {
      jest.setSystemTime(1_000);
      const clock = hostClock();
      jest.useRealTimers();
      const before = clock.wallNow?.();
      expect(before).toBe(1_000);
      expect(clock.random?.()).toBeLessThan(1);
    }),
  );

  it('C55, C69: it has no waitUntil, and its signal never aborts', () => {
    const clock = hostClock();
    expect(clock.waitUntil).toBeUndefined();
    expect(clock.signal.aborted).toBe(false);
    expect(clock.signal).toBe(clock.signal);
  });

  it('C69: sleep and every work on the real host', async () => {
    const clock = hostClock();
    const start = clock.now();
    await sleep(clock, 12);
    expect(clock.now() - start).toBeGreaterThanOrEqual(11.999);
    let runs = 0;
    const loop = every(clock, 1, () => {
      if (++runs === 3) loop.stop();
    });
    await loop.whenDone();
    expect(runs).toBe(3);
  });

  it.each<{ readonly what: string; readonly args: unknown[] }>([
    { what: 'no function', args: [1, 5] },
    { what: 'a delay that is a text', args: ['1', () => 1] },
  ])('C69: $what is refused at once', ({ args }) => {
    const clock = hostClock();
    const call = clock.callLater.bind(clock) as (...args: unknown[]) => unknown; // as: callers without types
    expect(() => call(...args)).toThrow(TypeError);
    expect(() => {
      clock.callSoon(7 as never); // as: see above
    }).toThrow(TypeError);
  });
});
