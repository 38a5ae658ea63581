import { describe, expect, it } from '@jest/globals';
import { ReactorBase, type ReactorOptions } from '@triphase/core';

const SLICE_MS = 5;

/** A reactor without a host. Its time passes only inside the calls that a test queues. */
class SlicedReactor extends ReactorBase {
  time = 1_000;
  clockReads = 0;

  constructor(options: ReactorOptions = {}) {
    super({ maxSliceMs: SLICE_MS, maxBatch: 1_000_000, ...options });
  }

  protected override requestTurn(): () => void {
    return () => undefined;
  }

  protected override setWakeup(): () => void {
    return () => undefined;
  }

  protected override hostNow(): number {
    this.clockReads++;
    return this.time;
  }

  /** Queues `count` calls that take `ms` each. */
  queue(count: number, ms: number): void {
    for (let n = 0; n < count; n++) this.callSoon(() => (this.time += ms));
  }

  /** Timed calls that are due, `count` of them, each of which takes `ms`. */
  schedule(count: number, ms: number): void {
    for (let n = 0; n < count; n++) this.callLater(0, () => (this.time += ms));
  }

  /** How long one turn takes. */
  turn(): number {
    const start = this.time;
    this.iterate();
    return this.time - start;
  }
}

describe.each(['queue', 'schedule'] as const)('the slice of a turn: %s', (make) => {
  it('C35: a slice of which exactly all is used is over', () => {
    const reactor = new SlicedReactor();
    reactor[make](20, 1);
    expect([reactor.turn(), reactor.turn()]).toEqual([5, 5]);
  });

  it.each([0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3, 7])(
    'C35: calls of %d ms fill the slice and exceed it by an eighth at most, or by one call',
    (ms) => {
      const reactor = new SlicedReactor();
      reactor[make](20_000, ms);
      const took = reactor.turn();
      expect(took).toBeGreaterThan(SLICE_MS - 1e-6);
      expect(took).toBeLessThan(SLICE_MS + Math.max(SLICE_MS / 8, ms) + 1e-6);
    },
  );

  it('C35: the clock is read more often once calls become slower', () => {
    const reactor = new SlicedReactor();
    reactor[make](127, 0);
    reactor[make](64, 0.02);
    reactor[make](200, 0.1);
    expect(reactor.turn()).toBeLessThan(SLICE_MS + 1.6);
  });

  it('C35: the clock is read seldom while calls are quick', () => {
    const reactor = new SlicedReactor();
    reactor[make](10_000, 0);
    reactor.clockReads = 0;
    reactor.turn();
    expect(reactor.clockReads).toBeLessThan(2_000);
  });

  it('C35: each turn begins a new slice', () => {
    const reactor = new SlicedReactor();
    reactor[make](6, 0);
    reactor.turn();
    reactor[make](100, 2);
    expect([reactor.turn(), reactor.turn()]).toEqual([6, 6]);
  });
});

describe('a turn in which the run ends', () => {
  it('C30: when shutdown ends inside a queued call, nothing more runs, and the result counts the calls that are left', async () => {
    const reactor = new SlicedReactor();
    const ended = reactor.run();
    reactor.on('shutdown', () => new Promise(() => undefined));
    void reactor.stop();
    reactor.iterate();
    const ran: string[] = [];
    reactor.callSoon(() => {
      ran.push('escalated');
      reactor.escalate();
    });
    reactor.callSoon(() => ran.push('left'));
    reactor.callLater(0, () => ran.push('left too'));
    reactor.iterate();
    expect(ran).toEqual(['escalated']);
    expect((await ended).left).toEqual({ queued: 1, timed: 1 });
  });
});
