import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { block, delay, realPause } from '../time.ts';

/** How a turn is cut into slices. C35. */
export function slices(kit: Kit): void {
  const { expect } = kit;

  kit.it('C35', 'a turn runs at most maxBatch queued calls, and the rest keeps its order', () => {
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

  kit.it('C35', 'a turn runs at most maxBatch timed calls, and the rest keeps its order', () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran: number[] = [];
    for (const n of range(25)) reactor.callLater(0, () => ran.push(n));
    reactor.iterate();
    expect(ran).toEqual(range(10));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(range(25));
  });

  kit.it('C35', 'timed calls have their own slice: a full queue does not use it up', () => {
    const reactor = kit.create({ maxBatch: 10 });
    const ran = { queued: 0, timed: 0 };
    for (const _ of range(25)) {
      reactor.callSoon(() => ran.queued++);
      reactor.callLater(0, () => ran.timed++);
    }
    reactor.iterate();
    expect(ran).toEqual({ queued: 10, timed: 10 });
  });

  kit.it('C35', 'calls that are left when a turn is cut run in later turns of the host, in order', async () => {
    const reactor = kit.create({ maxBatch: 7 });
    const ran: number[] = [];
    await runThrough(reactor, async () => {
      for (const n of range(100)) reactor.callSoon(() => ran.push(n));
      await nextTurn(reactor);
    });
    expect(ran).toEqual(range(100));
  });

  kit.it('C35', 'calls that are queued in a turn that is cut run after the calls that were left', () => {
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
    'a slice of slow calls ends after maxSliceMs',
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
    'calls that become slow after many quick ones exceed their slice by at most eight calls',
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
        await delay(reactor, 5);
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

  kit.it('C35', 'two loops of timed calls with delay 0 alternate', async () => {
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

/** Far more calls than fit into the few milliseconds that a flood lasts. */
const ENDLESS = 3_000_000;

/** A hundred calls that each make themselves again. If nothing else gets a turn, the flood ends after `ENDLESS` calls, so that the test fails. */
class Flood {
  #left = ENDLESS;

  constructor(again: (call: () => void) => void) {
    const call = (): void => {
      if (--this.#left > 0) again(call);
    };
    for (const _ of range(100)) call();
  }

  /** Ends the flood. Returns `false` if it had already ended: nothing else got a turn. */
  stop(): boolean {
    const interrupted = this.#left > 0;
    this.#left = 0;
    return interrupted;
  }
}
