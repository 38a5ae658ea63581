import { describe, expect, it } from '@jest/globals';
import { every, sleep } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

describe('ManualReactor: programs without end', () => {
  it('C49: advance(0) runs the queued and due calls once, and not those that they make', async () => {
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

  it('C49: advance(0) runs all due calls, also when a turn is limited to a few', () => {
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
    'C49: with endless calls %s still moves time, and other calls run at their time',
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
      expect(reactor.stats().turns).toBeLessThan(2_000); // after spinner.stop() time jumps again
    },
  );

  it('C49: promise jobs that sleep for 0 ms in an endless loop see time pass', async () => {
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
});
