import { describe, expect, it } from '@jest/globals';
import { every, sleep, ReactorNotRunningError, ReentrantTurnError, StartupFailedError } from '@triphase/core';
import { ManualReactor, RunawayError } from '@triphase/testing';

describe('ManualReactor: advance', () => {
  it('C49: time stands at 0 and moves only by hand', () => {
    const reactor = new ManualReactor();
    expect(reactor.now()).toBe(0);
    reactor.advance(12.5);
    expect(reactor.now()).toBe(12.5);
    reactor.advance(0);
    expect(reactor.now()).toBe(12.5);
  });

  it('C49: advance halts at each deadline, in order, and its time is what a call sees', () => {
    const reactor = new ManualReactor();
    const seen: number[] = [];
    for (const ms of [30, 0.25, 10, 10.5]) reactor.callLater(ms, () => seen.push(reactor.now()));
    reactor.advance(20);
    expect(seen).toEqual([0.25, 10, 10.5]);
    expect(reactor.now()).toBe(20);
    reactor.advance(10);
    expect(seen).toEqual([0.25, 10, 10.5, 30]);
  });

  it('C49: a call made inside the window runs in it, one beyond waits', () => {
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

  it('C49: a delay beyond 2^31-1 ms is kept to the millisecond', () => {
    const reactor = new ManualReactor();
    const seen: number[] = [];
    reactor.callLater(2 ** 31 + 5, () => seen.push(reactor.now()));
    reactor.advance(2 ** 31 + 4);
    expect(seen).toEqual([]);
    reactor.advance(1);
    expect(seen).toEqual([2 ** 31 + 5]);
  });

  it('C49: a grid of a fractional interval is met exactly', () => {
    const reactor = new ManualReactor();
    const late: number[] = [];
    every(reactor, 1_000 / 60, ({ time, missed }) => late.push(reactor.now() - time + missed));
    reactor.advance(1_000.001);
    expect(late).toHaveLength(60);
    expect(late.every((by) => by === 0)).toBe(true);
  });

  it.each([-1, NaN, Infinity])('C49: advance by %p is a RangeError, and runs nothing', (ms) => {
    const reactor = new ManualReactor();
    reactor.callSoon(() => {
      throw new Error('this must not run');
    });
    expect(() => {
      reactor.advance(ms);
    }).toThrow(RangeError);
    expect(reactor.now()).toBe(0);
  });

  it('C49: advance from inside a turn is a ReentrantTurnError, and time has not moved', () => {
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

  it('C49: advance goes on for as many turns as time needs', () => {
    const reactor = new ManualReactor();
    let beats = 0;
    every(reactor, 1, () => beats++);
    reactor.advance(20_000);
    expect(beats).toBe(20_000);
  });

  it('C49: advance(0) runs once what is queued and due, however much that makes anew', async () => {
    const reactor = new ManualReactor();
    const ran = { timed: 0, queued: 0, async: 0 };
    const timed = (): void => {
      ran.timed++;
      reactor.callLater(0, timed);
    };
    const queued = (): void => {
      ran.queued++;
      reactor.callSoon(queued);
    };
    timed();
    queued();
    reactor.advance(0);
    expect(ran).toEqual({ timed: 2, queued: 2, async: 0 });
    reactor.advance(0);
    expect(ran).toEqual({ timed: 3, queued: 3, async: 0 });
    const program = async (): Promise<void> => {
      for (;;) {
        await sleep(reactor, 0);
        ran.async++;
      }
    };
    void program();
    await reactor.advanceAsync(0);
    expect(ran).toEqual({ timed: 4, queued: 4, async: 1 });
    expect(reactor.now()).toBe(0);
  });

  it('C49: advance(0) runs all that is due, also where a turn makes only a few calls', () => {
    const reactor = new ManualReactor({ maxBatch: 2 });
    const ran: number[] = [];
    for (let n = 0; n < 9; n++) {
      reactor.callSoon(() => ran.push(n));
      reactor.callLater(0, () => ran.push(10 + n));
    }
    reactor.advance(0);
    expect(ran).toHaveLength(18);
  });

  it.each(['advance', 'advanceAsync'] as const)(
    'C49: with calls that are made without end %s passes time all the same, and other calls have theirs',
    async (advance) => {
      const reactor = new ManualReactor();
      const seen: number[] = [];
      let turns = 0;
      const spinner = every(reactor, 0, () => turns++);
      reactor.callLater(40.5, () => seen.push(reactor.now()));
      reactor.callLater(50, () => {
        seen.push(reactor.now());
        spinner.stop();
        reactor.callLater(3_600_000 - 50, () => seen.push(reactor.now()));
      });
      await reactor[advance](3_600_000);
      expect(seen.map((time, i) => time - ([40.5, 50, 3_600_000][i] ?? 0))).toEqual([expect.any(Number), 0, 0]);
      expect(seen[0]).toBeGreaterThanOrEqual(40.5);
      expect(seen[0]).toBeLessThan(41.5);
      expect(turns).toBeGreaterThan(50);
      expect(reactor.now()).toBe(3_600_000);
      expect(reactor.stats().turns).toBeLessThan(2_000); // once the spinner rests time jumps again
    },
  );

  it('C49: promise jobs that sleep for 0 ms without end see time pass', async () => {
    const reactor = new ManualReactor();
    const times: Set<number> = new Set();
    let over = false;
    const program = async (): Promise<void> => {
      while (!over) {
        await sleep(reactor, 0);
        times.add(reactor.now());
      }
    };
    void program();
    await reactor.advanceAsync(3);
    over = true;
    expect([...times]).toEqual([0, 1, 2, 3]);
  });

  it.each(['advanceAsync', 'flushAsync'])(
    'C49: with %s code after an await sees the time of its own deadline, whatever is due later',
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

  it('C49: a time to advance by that is a text is a TypeError', async () => {
    const reactor = new ManualReactor();
    const text = '5' as unknown as number; // as: JavaScript passes anything
    expect(() => {
      reactor.advance(text);
    }).toThrow(new TypeError("The time to advance by is a number of milliseconds, 0 or more, got the string '5'."));
    await expect(reactor.advanceAsync(text)).rejects.toThrow(TypeError);
  });

  it('C49: promise jobs do not run during advance; during advanceAsync they do, however deep', async () => {
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

  it('C31: after a crash advance only moves the clock; the next advance goes on by hand', async () => {
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

describe('ManualReactor: flush', () => {
  it('C49: flush runs all there is, to the last deadline', () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    reactor.callSoon(() => reactor.callLater(3_600_000, () => seen.push(`at ${reactor.now()}`)));
    reactor.callLater(Infinity, () => seen.push('never'));
    reactor.flush();
    expect(seen).toEqual(['at 3600000']);
    expect(reactor.getDelayedCalls()).toHaveLength(1);
  });

  it('C49: flush of a program that never rests throws RunawayError with the name of what keeps it going', () => {
    const reactor = new ManualReactor();
    every(reactor, 1_000, () => undefined, { name: 'heartbeat' });
    let thrown: unknown;
    try {
      reactor.flush({ maxTurns: 50 });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RunawayError);
    expect(thrown).toMatchObject({ code: 'ERR_TRIPHASE_RUNAWAY', culprit: 'heartbeat' });
    expect(String(thrown)).toContain('50 turns because of heartbeat');
    expect(
      culpritOf(() => {
        reactor.flush();
      }),
    ).toBe('heartbeat');
  });

  it('C49: flushAsync goes on as long as promise jobs make new calls', async () => {
    const reactor = new ManualReactor();
    const seen: number[] = [];
    const program = async (): Promise<void> => {
      for (const ms of [5, 0, 7]) {
        await sleep(reactor, ms);
        await new Promise<void>((resolve) => {
          reactor.callSoon(resolve);
        });
        seen.push(reactor.now());
      }
    };
    void program();
    await reactor.flushAsync();
    expect(seen).toEqual([5, 5, 12]);
  });

  it('C49: flushAsync of a program that never rests rejects with RunawayError', async () => {
    const reactor = new ManualReactor();
    every(reactor, 1_000, () => undefined, { name: 'heartbeat' });
    await expect(reactor.flushAsync({ maxTurns: 20 })).rejects.toMatchObject({ culprit: 'heartbeat' });
  });
});

describe('ManualReactor: start and finish', () => {
  it('C49: start() resolves with the report of startup, the reactor running', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', { before: () => Promise.resolve(), during: () => undefined });
    const report = await reactor.start();
    expect(report.event).toBe('startup');
    expect(report.counts).toEqual({ before: 1, during: 1, after: 0 });
    expect(reactor.state).toBe('running');
    expect(reactor.now()).toBe(0);
    await reactor.finish();
  });

  it('C49: startup and shutdown that sleep on the clock are driven through virtual time', async () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    reactor.on('startup', async () => {
      await sleep(reactor, 60_000);
      seen.push(`up at ${reactor.now()}`);
    });
    reactor.on('shutdown', async () => {
      await sleep(reactor, 1_000);
      seen.push(`down at ${reactor.now()}`);
    });
    await reactor.start();
    const result = await reactor.finish({ kind: 'signal', signal: 'SIGTERM' });
    expect(seen).toEqual(['up at 60000', 'down at 61000']);
    expect(result.reason).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    expect(result.shutdown?.duration).toBe(1_000);
  });

  it('C49: start() and finish() move time no further than they need', async () => {
    const reactor = new ManualReactor();
    reactor.callLater(500, () => {
      throw new Error('this must not run');
    });
    reactor.on('startup', () => sleep(reactor, 100));
    await reactor.start();
    expect(reactor.now()).toBe(100);
    const { left } = await reactor.finish();
    expect(reactor.now()).toBe(100);
    expect(left).toEqual({ queued: 0, timed: 1 });
  });

  it('C49: start() waits for what comes from outside', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', () => new Promise((resolve) => setTimeout(resolve, 5)));
    await reactor.start();
    expect(reactor.running).toBe(true);
    await reactor.finish();
  });

  it('C49: start() of a startup that never ends, in a program that goes on for ever, names the trigger', async () => {
    const reactor = new ManualReactor();
    every(reactor, 1_000, () => undefined, { name: 'heartbeat' });
    reactor.on('startup', () => new Promise(() => undefined), { name: 'connect' });
    await expect(reactor.start()).rejects.toMatchObject({ code: 'ERR_TRIPHASE_RUNAWAY', culprit: 'connect' });
    reactor.crash();
  });

  it('C49: start() of a start that fails drives shutdown to its end and rejects with StartupFailedError', async () => {
    const reactor = new ManualReactor({ onError: () => undefined });
    const seen: string[] = [];
    reactor.on('startup', {
      before: () => {
        throw new Error('no configuration');
      },
    });
    reactor.on('shutdown', async () => {
      await sleep(reactor, 10);
      seen.push('cleaned up');
    });
    await expect(reactor.start()).rejects.toBeInstanceOf(StartupFailedError);
    expect(seen).toEqual(['cleaned up']);
    expect(reactor.state).toBe('stopped');
    await expect(reactor.finish()).rejects.toBeInstanceOf(StartupFailedError);
  });

  it('C49: start() of a start that is stopped resolves with the report of the startup cut short', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', { before: () => void reactor.stop(), during: () => undefined });
    const report = await reactor.start();
    expect(report.counts).toEqual({ before: 1, during: 0, after: 0 });
    expect(reactor.state).toBe('stopped');
  });

  it('C49: finish() while starting stops the start', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', () => sleep(reactor, 10));
    const ended = reactor.run();
    const result = await reactor.finish({ kind: 'early' });
    expect(await ended).toBe(result);
    expect(result.reason.kind).toBe('early');
    expect(await reactor.finish()).toBe(result);
  });

  it('C28: finish() of a reactor that was not started rejects with ReactorNotRunningError', async () => {
    await expect(new ManualReactor().finish()).rejects.toBeInstanceOf(ReactorNotRunningError);
  });
});

describe('ManualReactor: autojump', () => {
  it('C49: with autojump a whole program runs by itself, without waiting for its time', async () => {
    const reactor = new ManualReactor({ autojump: true });
    reactor.callWhenRunning(async () => {
      await sleep(reactor, 86_400_000);
      void reactor.stop();
    });
    await reactor.run();
    expect(reactor.now()).toBe(86_400_000);
  });

  it('C49: with autojump promise jobs settle before time jumps', async () => {
    const reactor = new ManualReactor({ autojump: true });
    const seen: string[] = [];
    await reactor.start();
    const program = async (): Promise<void> => {
      for (let hop = 0; hop < 50; hop++) await Promise.resolve();
      await sleep(reactor, 1);
      seen.push(`sooner at ${reactor.now()}`);
    };
    void program();
    await sleep(reactor, 2);
    seen.push(`later at ${reactor.now()}`);
    expect(seen).toEqual(['sooner at 1', 'later at 2']);
    await reactor.finish();
  });

  it('C49: without autojump time stands still, whatever waits', async () => {
    const reactor = new ManualReactor();
    await reactor.start();
    reactor.callLater(1, () => {
      throw new Error('this must not run');
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(reactor.now()).toBe(0);
    await reactor.finish();
  });
});

function culpritOf(body: () => void): string | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof RunawayError) return error.culprit;
    throw error;
  }
  return undefined;
}
