import { describe, expect, it } from '@jest/globals';
import { every, ReentrantTurnError, sleep } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

describe('ManualReactor: advance', () => {
  it('C49: time begins at 0 and moves only by advance()', () => {
    const reactor = new ManualReactor();
    expect(reactor.now()).toBe(0);
    reactor.advance(12.5);
    expect(reactor.now()).toBe(12.5);
    reactor.advance(0);
    expect(reactor.now()).toBe(12.5);
  });

  it('C49: advance() runs each timed call at its own time, in order', () => {
    const reactor = new ManualReactor();
    const seen: number[] = [];
    for (const ms of [30, 0.25, 10, 10.5]) reactor.callLater(ms, () => seen.push(reactor.now()));
    reactor.advance(20);
    expect(seen).toEqual([0.25, 10, 10.5]);
    expect(reactor.now()).toBe(20);
    reactor.advance(10);
    expect(seen).toEqual([0.25, 10, 10.5, 30]);
  });

  it('C49: a call that is made during advance() runs if it is due within that time', () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    reactor.callLater(5, () => {
      reactor.callLater(5, () => seen.push(`inside at ${reactor.now()}`));
      reactor.callLater(5.5, () => seen.push(`beyond at ${reactor.now()}`));
      reactor.callSoon(() => seen.push(`soon at ${reactor.now()}`));
    });
    reactor.advance(10);
    expect(seen).toEqual(['soon at 5', 'inside at 10']);
    reactor.advance(1);
    expect(seen.at(-1)).toBe('beyond at 10.5');
  });

  it('C49: a delay above 2^31-1 ms is exact to the millisecond', () => {
    const reactor = new ManualReactor();
    const seen: number[] = [];
    reactor.callLater(2 ** 31 + 5, () => seen.push(reactor.now()));
    reactor.advance(2 ** 31 + 4);
    expect(seen).toEqual([]);
    reactor.advance(1);
    expect(seen).toEqual([2 ** 31 + 5]);
  });

  it('C49: every() with a fractional interval runs exactly on its grid', () => {
    const reactor = new ManualReactor();
    const late: number[] = [];
    every(reactor, 1_000 / 60, ({ time, missed }) => late.push(reactor.now() - time + missed));
    reactor.advance(1_000.001);
    expect(late).toHaveLength(60);
    expect(late.every((by) => by === 0)).toBe(true);
  });

  it.each([-1, NaN, Infinity])('C49: advance(%p) throws a RangeError and runs nothing', (ms) => {
    const reactor = new ManualReactor();
    reactor.callSoon(() => {
      throw new Error('this must not run');
    });
    expect(() => {
      reactor.advance(ms);
    }).toThrow(RangeError);
    expect(reactor.now()).toBe(0);
  });

  it('C49: advance() inside a turn throws ReentrantTurnError and moves no time', () => {
    const reactor = new ManualReactor();
    const seen: unknown[] = [];
    reactor.callSoon(() => {
      try {
        reactor.advance(5);
      } catch (error) {
        seen.push(error instanceof ReentrantTurnError, reactor.now());
      }
    });
    reactor.advance(0);
    expect(seen).toEqual([true, 0]);
  });

  it('C49: advance() makes as many turns as its time needs', () => {
    const reactor = new ManualReactor();
    let beats = 0;
    every(reactor, 1, () => beats++);
    reactor.advance(20_000);
    expect(beats).toBe(20_000);
  });

  it('C49: advance() and advanceAsync() with a string fail with a TypeError', async () => {
    const reactor = new ManualReactor();
    const text = '5' as unknown as number; // as: JavaScript passes anything
    expect(() => {
      reactor.advance(text);
    }).toThrow(new TypeError("The time to advance by is a number of milliseconds, 0 or more, got the string '5'."));
    await expect(reactor.advanceAsync(text)).rejects.toThrow(TypeError);
  });

  it('C31: after a crash advance() moves the clock and runs nothing', async () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    await reactor.start();
    reactor.callLater(1, () => {
      reactor.crash();
    });
    reactor.callLater(2, () => seen.push('kept'));
    reactor.advance(5);
    expect(seen).toEqual([]);
    expect(reactor.state).toBe('idle');
    expect(reactor.now()).toBe(5);
    expect(reactor.getDelayedCalls()).toHaveLength(1);
  });
});

describe('ManualReactor: advanceAsync', () => {
  it.each(['advanceAsync', 'flushAsync'])(
    'C49: %s: code after an await reads the time at which its timer was due, even if other calls are due later',
    async (method) => {
      const reactor = new ManualReactor({ onError: () => undefined });
      const seen: number[] = [];
      reactor.callLater(25_000, () => undefined);
      const program = async (): Promise<void> => {
        for (const delay of [5, 0, 2.5]) {
          await sleep(reactor, delay);
          for (let hop = 0; hop < 20; hop++) await Promise.resolve();
          seen.push(reactor.now());
        }
        reactor.on('job', async ({ signal }) => {
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
          seen.push(reactor.now());
          await sleep(reactor, 10);
          seen.push(reactor.now());
        });
        await reactor.fire('job', undefined, { limits: { during: 2.5 } });
      };
      void program();
      if (method === 'flushAsync') await reactor.flushAsync();
      else await reactor.advanceAsync(30_000);
      expect(seen).toEqual([5, 5, 7.5, 10, 20]);
      expect(reactor.now()).toBe(method === 'flushAsync' ? 25_000 : 30_000);
    },
  );

  it('C49: promise jobs run during advanceAsync(), however many, and not during advance()', async () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    const program = async (): Promise<void> => {
      for (let step = 1; step <= 3; step++) {
        await sleep(reactor, 10);
        for (let hop = 0; hop < 50; hop++) await Promise.resolve();
        seen.push(`step ${step} at ${reactor.now()}`);
      }
    };
    void program();
    reactor.advance(10);
    expect(seen).toEqual([]);
    await reactor.advanceAsync(0);
    expect(seen).toEqual(['step 1 at 10']);
    await reactor.advanceAsync(20);
    expect(seen).toEqual(['step 1 at 10', 'step 2 at 20', 'step 3 at 30']);
    expect(reactor.now()).toBe(30);
  });
});
