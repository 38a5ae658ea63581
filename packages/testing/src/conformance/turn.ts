import { every } from '@triphase/core';
import { thenable } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeThrownBy, named, nextTurn, recordErrors, runThrough, settle, start } from './steps.ts';
import { block, passed, range, realPause } from './time.ts';

/** C34 to C38: what a turn runs, in which order, and how much of it. Where a test makes its turns with `iterate()`, no host is needed. */
export function turn(kit: Kit): void {
  turnOrder(kit);
  slices(kit);
  failingCalls(kit);
  callSoon(kit);
  iterate(kit);
}

function turnOrder(kit: Kit): void {
  const { expect } = kit;

  kit.it('C34', 'queued calls run in the order they were made', () => {
    const reactor = kit.create();
    const ran: number[] = [];
    for (const n of range(20)) reactor.callSoon(() => ran.push(n));
    reactor.iterate();
    expect(ran).toEqual(range(20));
  });

  kit.it('C34', 'a turn runs a snapshot of the queue: what it queues runs next turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callSoon(() => {
      ran.push('first');
      reactor.callSoon(() => ran.push('queued by the first'));
    });
    reactor.callSoon(() => ran.push('second'));
    reactor.iterate();
    expect(ran).toEqual(['first', 'second']);
    reactor.iterate();
    expect(ran).toEqual(['first', 'second', 'queued by the first']);
  });

  kit.it('C34', 'the turns of the host run snapshots too', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      reactor.callSoon(() => {
        ran.push('first');
        reactor.callSoon(() => ran.push('queued by the first'));
      });
      reactor.callSoon(() => ran.push('second'));
      await nextTurn(reactor);
      ran.push('turn over');
      await nextTurn(reactor);
    });
    expect(ran).toEqual(['first', 'second', 'turn over', 'queued by the first']);
  });

  kit.it('C34', 'timed calls that are due run after the queued calls of the turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callLater(0, () => ran.push('timed'));
    reactor.callSoon(() => ran.push('queued'));
    reactor.iterate();
    expect(ran).toEqual(['queued', 'timed']);
  });

  kit.it('C34', 'a callLater(0) from a queued call runs in the same turn', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      reactor.callSoon(() => {
        reactor.callSoon(() => ran.push('next turn'));
        reactor.callLater(0, () => ran.push('same turn'));
      });
      await nextTurn(reactor);
      await nextTurn(reactor);
    });
    expect(ran).toEqual(['same turn', 'next turn']);
  });

  kit.it('C34', 'a callLater(0) from a timed call runs in the next turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callLater(0, () => {
      ran.push('timed');
      reactor.callLater(0, () => ran.push('made by it'));
    });
    reactor.iterate();
    expect(ran).toEqual(['timed']);
    reactor.iterate();
    expect(ran).toEqual(['timed', 'made by it']);
  });

  kit.it('C34', 'a timed call that another one resets or delays into the present runs in the next turn', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    const reset = reactor.callLater(60_000, () => ran.push('reset'));
    const delayed = reactor.callLater(60_000, () => ran.push('delayed'));
    reactor.callLater(0, () => {
      reset.reset(0);
      delayed.delay(-120_000);
    });
    reactor.iterate();
    expect(ran).toEqual([]);
    reactor.iterate();
    expect([...ran].sort()).toEqual(['delayed', 'reset']);
  });

  kit.it('C34', 'a call cancelled by its sibling in the same turn never runs', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callLater(0, () => {
      second.cancel();
      ran.push('first');
    });
    const second = reactor.callLater(0, () => ran.push('second'));
    reactor.callLater(0, () => ran.push('third'));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(['first', 'third']);
  });

  kit.it('C34', 'shutdown fires at the end of the turn, after what is due', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.on('shutdown', { before: () => ran.push('shutdown') });
    const { ended } = await start(reactor);
    reactor.callSoon(() => {
      void reactor.stop();
      reactor.callLater(0, () => ran.push('timed'));
      reactor.callSoon(() => ran.push('behind the mark'));
      ran.push('queued');
    });
    await ended;
    expect(ran).toEqual(['queued', 'timed', 'shutdown']);
  });

  kit.it(
    'C34',
    'expired limits come first in a turn, before queued calls and timed calls that were due earlier',
    async () => {
      const ran: string[] = [];
      const reactor = kit.create({ onError: () => ran.push('limit') });
      reactor.on('job', () => new Promise(() => undefined));
      await runThrough(reactor, async () => {
        await new Promise<void>((resolve) => {
          reactor.callLater(0, () => {
            void reactor.fire('job', undefined, { limits: { during: 10 } });
            reactor.callLater(5, () => {
              ran.push('timed');
              resolve();
            });
            block(reactor, 25);
            reactor.callSoon(() => ran.push('queued'));
          });
        });
      });
      expect(ran).toEqual(['limit', 'queued', 'timed']);
    },
    { needs: 'movingClock' },
  );
}

function slices(kit: Kit): void {
  const { expect } = kit;

  kit.it('C35', 'a turn runs at most maxBatch queued calls, and the rest keep their order', () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran: number[] = [];
    for (const n of range(25)) reactor.callSoon(() => ran.push(n));
    const afterEach = range(3).map(() => {
      const wait = reactor.iterate();
      return { ran: ran.length, more: wait === 0 };
    });
    expect(afterEach).toEqual([
      { ran: 10, more: true },
      { ran: 20, more: true },
      { ran: 25, more: false },
    ]);
    expect(ran).toEqual(range(25));
  });

  kit.it('C35', 'a turn runs at most maxBatch timed calls, and the rest keep their order', () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran: number[] = [];
    for (const n of range(25)) reactor.callLater(0, () => ran.push(n));
    reactor.iterate();
    expect(ran).toEqual(range(10));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(range(25));
  });

  kit.it('C35', 'timed calls have a slice of their own: a full queue does not use it up', () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran = { queued: 0, timed: 0 };
    for (const _ of range(25)) {
      reactor.callSoon(() => ran.queued++);
      reactor.callLater(0, () => ran.timed++);
    }
    reactor.iterate();
    expect(ran).toEqual({ queued: 10, timed: 10 });
  });

  kit.it('C35', 'what a cut turn leaves is run by later turns of the host, in order', async () => {
    const reactor = kit.create({ maxBatch: 7 });
    const ran: number[] = [];
    await runThrough(reactor, async () => {
      for (const n of range(100)) reactor.callSoon(() => ran.push(n));
      await nextTurn(reactor);
    });
    expect(ran).toEqual(range(100));
  });

  kit.it('C35', 'what is queued while a cut turn goes on runs after what was left', () => {
    const reactor = kit.create({ maxBatch: 3 });
    const ran: number[] = [];
    for (const n of range(5)) {
      reactor.callSoon(() => {
        ran.push(n);
        reactor.callSoon(() => ran.push(10 + n));
      });
    }
    for (const _ of range(4)) reactor.iterate();
    expect(ran).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
  });

  kit.it(
    'C35',
    'slow calls use up a slice by time',
    () => {
      const reactor = kit.create({ maxSliceMs: 5 });
      const ran = { queued: 0, timed: 0 };
      for (const _ of range(60)) {
        reactor.callSoon(() => {
          block(reactor, 2);
          ran.queued++;
        });
        reactor.callLater(0, () => {
          block(reactor, 2);
          ran.timed++;
        });
      }
      reactor.iterate();
      expect(ran.queued >= 1 && ran.queued < 60).toBe(true);
      expect(ran.timed >= 1 && ran.timed < 60).toBe(true);
    },
    { needs: 'movingClock' },
  );

  kit.it(
    'C35',
    'calls that become slow after many quick ones run over their slice by at most eight calls',
    () => {
      const reactor = kit.create({ maxSliceMs: 5 });
      const slow = { queued: 0, timed: 0 };
      for (const _ of range(127)) {
        reactor.callSoon(() => undefined);
        reactor.callLater(0, () => undefined);
      }
      for (const _ of range(64)) {
        reactor.callSoon(() => {
          block(reactor, 5);
          slow.queued++;
        });
        reactor.callLater(0, () => {
          block(reactor, 5);
          slow.timed++;
        });
      }
      reactor.iterate();
      expect(slow.queued <= 8).toBe(true);
      expect(slow.timed <= 8).toBe(true);
    },
    { needs: 'movingClock' },
  );

  kit.it(
    'C35',
    'a flood of queued calls does not starve timed calls',
    async () => {
      const reactor = kit.create({ maxSliceMs: 5 });
      await runThrough(reactor, async () => {
        const flood = new Flood((call) => {
          reactor.callSoon(call);
        });
        await passed(reactor, 5);
        expect(flood.stop()).toBe(true);
      });
    },
    { needs: 'movingClock' },
  );

  kit.it('C35', 'a flood of queued calls does not starve the host', async () => {
    const reactor = kit.create({ maxSliceMs: 5 });
    await runThrough(reactor, async () => {
      const flood = new Flood((call) => {
        reactor.callSoon(call);
      });
      await realPause(5);
      expect(flood.stop()).toBe(true);
    });
  });

  kit.it('C35', 'a flood of due timed calls starves neither queued calls nor the host', async () => {
    const reactor = kit.create({ maxSliceMs: 5 });
    await runThrough(reactor, async () => {
      const flood = new Flood((call) => {
        reactor.callLater(0, call);
      });
      await nextTurn(reactor);
      await realPause(5);
      expect(flood.stop()).toBe(true);
    });
  });

  kit.it('C35', 'two loops of zero delay take turns', async () => {
    const reactor = kit.create();
    const counts = [0, 0];
    await runThrough(
      reactor,
      () =>
        new Promise<void>((resolve) => {
          const loop = (own: 0 | 1): void => {
            counts[own] = (counts[own] ?? 0) + 1;
            if (counts[0] === 200) resolve();
            else
              reactor.callLater(0, () => {
                loop(own);
              });
          };
          loop(0);
          loop(1);
        }),
    );
    const [one = 0, other = 0] = counts;
    expect(Math.abs(one - other) <= 1).toBe(true);
  });
}

function failingCalls(kit: Kit): void {
  const { expect } = kit;

  kit.it('C36', 'a queued call that throws is reported once, with its source, and the others run', () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const ran: string[] = [];
    const failure = new Error('no');
    reactor.callSoon(() => ran.push('before'));
    reactor.callSoon(
      named('load', () => {
        throw failure;
      }),
    );
    reactor.callSoon(() => ran.push('after'));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(['before', 'after']);
    expect(record.errors.length).toBe(1);
    expect(record.errors[0]).toBe(failure);
    expect(record.sources.map(({ kind, name }) => ({ kind, name }))).toEqual([{ kind: 'call', name: 'load' }]);
  });

  kit.it('C36', 'a timed call that throws is reported once, with its source, and the others run', () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const ran: string[] = [];
    const failure = new Error('no');
    reactor.callLater(0, () => ran.push('before'));
    reactor.callLater(
      0,
      () => {
        throw failure;
      },
      { name: 'refresh' },
    );
    reactor.callLater(0, () => ran.push('after'));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(['before', 'after']);
    expect(record.errors.length).toBe(1);
    expect(record.errors[0]).toBe(failure);
    expect(record.sources.map(({ kind, name }) => ({ kind, name }))).toEqual([{ kind: 'timed-call', name: 'refresh' }]);
  });

  kit.it('C36', 'a call may throw anything, undefined too', () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    for (const value of [undefined, null, 'text', 0]) {
      reactor.callSoon(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- JavaScript throws anything
        throw value;
      });
    }
    reactor.iterate();
    expect(record.errors).toEqual([undefined, null, 'text', 0]);
  });

  kit.it('C36', 'a run goes on after a call that throws', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const result = await runThrough(reactor, async () => {
      reactor.callSoon(() => {
        throw new Error('no');
      });
      await nextTurn(reactor);
      await passed(reactor, 1);
    });
    expect(record.errors.length).toBe(1);
    expect(result.errors).toEqual([]);
    expect(reactor.stats().errors).toBe(1);
  });

  kit.it('C36', 'a rejected promise that a call returns is reported once, never an unhandled rejection', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('later');
    reactor.callSoon(() => Promise.reject(failure));
    reactor.callLater(0, async () => {
      await Promise.resolve();
      throw failure;
    });
    reactor.iterate();
    await settle();
    expect(record.errors.length).toBe(2);
    expect(record.errors.every((error) => error === failure)).toBe(true);
    expect(record.sources.map(({ kind }) => kind)).toEqual(['call', 'timed-call']);
  });

  kit.it('C36', 'any thenable that a call returns and that rejects is reported, once', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('later');
    const twice = (): PromiseLike<unknown> =>
      thenable((_fulfil, reject) => {
        reject(failure);
        reject(failure);
      });
    await runThrough(reactor, async () => {
      reactor.callSoon(named('queued', () => twice()));
      reactor.callLater(0, () => twice(), { name: 'timed' });
      reactor.callWhenRunning(named('running', () => twice()));
      const repeated = (): PromiseLike<unknown> => {
        loop.stop();
        return twice();
      };
      const loop = every(reactor, 1, repeated, { name: 'repeated' });
      await loop.whenDone();
      await passed(reactor, 1);
    });
    const names = record.sources.map(({ name }) => name).sort();
    expect(names).toEqual(['queued', 'repeated', 'running', 'timed']);
    expect(record.errors.every((error) => error === failure)).toBe(true);
  });

  kit.it('C36', 'a `then` that throws, when read or when called, is the error of its call', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('no');
    const fail = (): never => {
      throw failure;
    };
    reactor.callSoon(() => thenable(fail));
    reactor.callSoon(() => Object.defineProperty({}, 'then', { get: fail }));
    reactor.callLater(0, () => Object.defineProperty({}, 'then', { get: fail }));
    reactor.iterate();
    await settle();
    expect(record.errors.length).toBe(3);
    expect(record.errors.every((error) => error === failure)).toBe(true);
  });

  kit.it('C36', 'the microtasks of a call finish before the next turn', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    const inMicrotasks = async (): Promise<void> => {
      for (const _ of range(30)) await Promise.resolve();
      order.push('microtasks over');
    };
    await runThrough(
      reactor,
      () =>
        new Promise<void>((resolve) => {
          reactor.callSoon(() => {
            void inMicrotasks();
            reactor.callSoon(() => {
              order.push('next turn');
              resolve();
            });
          });
        }),
    );
    expect(order).toEqual(['microtasks over', 'next turn']);
  });
}

function callSoon(kit: Kit): void {
  const { expect } = kit;

  kit.it('C37', 'calls queued before run() are kept, and run in order once it starts', async () => {
    const reactor = kit.create();
    const ran: number[] = [];
    for (const n of range(3)) reactor.callSoon(() => ran.push(n));
    await settle();
    expect(ran).toEqual([]);
    await runThrough(reactor, () => nextTurn(reactor));
    expect(ran).toEqual(range(3));
  });

  kit.it('C37', 'thousands of calls keep their order, however they come and go', () => {
    const reactor = kit.create({ maxBatch: 700 });
    const ran: number[] = [];
    let made = 0;
    // Drained, too, just where 1 024 calls end, after more and after less.
    for (const count of [1_500, 100, 3_000, 0, 0, 0, 0, 520, 10, 2_000, 0, 0, 38, 10, 1_024, 1_024, 1, 4_000]) {
      for (const _ of range(count)) {
        const place = made++;
        reactor.callSoon(() => ran.push(place));
      }
      reactor.iterate();
    }
    for (let turns = 0; turns < 20 && ran.length < made; turns++) reactor.iterate();
    expect(ran.length).toBe(made);
    expect(ran.every((place, index) => place === index)).toBe(true);
  });

  kit.it('C37', 'a call from outside wakes a reactor that has nothing to do', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      for (const _ of range(5)) {
        await realPause(1);
        await nextTurn(reactor);
      }
    });
  });

  kit.it(
    'C37',
    'a call wakes a reactor that waits for a distant timed call',
    async () => {
      const reactor = kit.create();
      const ran: string[] = [];
      await start(reactor);
      reactor.callLater(3_600_000, () => ran.push('distant'));
      await realPause(1);
      reactor.callSoon(() => ran.push('soon'));
      const result = await reactor.stop();
      expect(ran).toEqual(['soon']);
      expect(result.left).toEqual({ queued: 0, timed: 1 });
    },
    { needs: 'movingClock' },
  );

  kit.it('C37', 'a call queued by a trigger of another event runs', async () => {
    const reactor = kit.create();
    await runThrough(
      reactor,
      () =>
        new Promise<void>((resolve) => {
          reactor.once('job', () => {
            reactor.callSoon(resolve);
          });
          void reactor.fire('job');
        }),
    );
  });

  kit.it('C37', 'callSoon returns nothing, and a function is called without arguments', () => {
    const reactor = kit.create();
    const seen: unknown[][] = [];
    const callSoon: (fn: (...args: unknown[]) => unknown) => unknown = reactor.callSoon.bind(reactor);
    expect(callSoon((...args) => seen.push(args))).toBe(undefined);
    reactor.iterate();
    expect(seen).toEqual([[]]);
  });

  kit.it('C37', 'callFromThread is the same queue', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('soon'));
    reactor.callFromThread(() => ran.push('from thread'));
    reactor.callSoon(() => ran.push('soon again'));
    reactor.iterate();
    expect(ran).toEqual(['soon', 'from thread', 'soon again']);
  });
}

function iterate(kit: Kit): void {
  const { expect } = kit;

  kit.it('C38', 'iterate() returns 0 when more is queued, the time to the next timed call, or Infinity', () => {
    const reactor = kit.create();
    expect(reactor.iterate()).toBe(Infinity);
    reactor.callSoon(() => {
      reactor.callSoon(() => undefined);
    });
    expect(reactor.iterate()).toBe(0);
    expect(reactor.iterate()).toBe(Infinity);
    reactor.callLater(Infinity, () => undefined);
    expect(reactor.iterate()).toBe(Infinity);
    const call = reactor.callLater(60_000, () => undefined);
    const wait = reactor.iterate();
    expect(wait > 0 && wait <= 60_000).toBe(true);
    call.cancel();
    expect(reactor.iterate()).toBe(Infinity);
  });

  kit.it('C38', 'iterate() from inside a turn is a ReentrantTurnError', () => {
    const reactor = kit.create();
    const codes: string[] = [];
    reactor.callSoon(() => codes.push(codeThrownBy(() => reactor.iterate())));
    reactor.callLater(0, () => codes.push(codeThrownBy(() => reactor.iterate())));
    reactor.iterate();
    expect(codes).toEqual(['ERR_TRIPHASE_REENTRANT_TURN', 'ERR_TRIPHASE_REENTRANT_TURN']);
  });

  kit.it('C38', 'iterate() in a run adds turns and takes none away', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      await settle();
      reactor.callSoon(() => ran.push('by hand'));
      reactor.iterate();
      expect(ran).toEqual(['by hand']);
      await nextTurn(reactor);
      await passed(reactor, 1);
    });
  });

  kit.it('C38', 'iterate() can take a stop to its end', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    await settle();
    void reactor.stop();
    for (let turns = 0; turns < 10 && reactor.state !== 'stopped'; turns++) reactor.iterate();
    expect(reactor.state).toBe('stopped');
    expect((await ended).reason).toEqual({ kind: 'stop' });
  });

  kit.it('C38', 'iterate() on a stopped reactor runs nothing and wants no further turn', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, () => undefined);
    reactor.callSoon(() => ran.push('queued'));
    reactor.callLater(0, () => ran.push('timed'));
    expect(reactor.iterate()).toBe(Infinity);
    expect(ran).toEqual([]);
  });
}

/** Far more calls than fit into the few milliseconds that a flood is to last. */
const ENDLESS = 3_000_000;

/** A hundred calls that each make themselves anew. One that nothing else interrupts gives up in the end: a test that spins tells nothing. */
class Flood {
  #left = ENDLESS;

  constructor(again: (call: () => void) => void) {
    const call = (): void => {
      if (--this.#left > 0) again(call);
    };
    for (const _ of range(100)) call();
  }

  /** `false` when it had given up: nothing else had a turn. */
  stop(): boolean {
    const interrupted = this.#left > 0;
    this.#left = 0;
    return interrupted;
  }
}
