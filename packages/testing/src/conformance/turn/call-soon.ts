import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { realPause, settle } from '../time.ts';

/** `callSoon`. C37. */
export function callSoon(kit: Kit): void {
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

  kit.it('C37', 'thousands of queued calls keep their order, in turns of any size', () => {
    const reactor = kit.create({ maxBatch: 700 });
    const ran: number[] = [];
    let made = 0;
    // The queue of core keeps its calls in chunks of 1 024. With these counts it gets empty at the end of a chunk and in the middle of one.
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

  kit.it('C37', 'callSoon() from outside wakes a reactor that has nothing to do', async () => {
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
    'callSoon() wakes a reactor that waits for a distant timed call',
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

  kit.it('C37', 'callSoon() returns nothing, and calls its function without arguments', () => {
    const reactor = kit.create();
    const seen: unknown[][] = [];
    const callSoon: (fn: (...args: unknown[]) => unknown) => unknown = reactor.callSoon.bind(reactor);
    expect(callSoon((...args) => seen.push(args))).toBe(undefined);
    reactor.iterate();
    expect(seen).toEqual([[]]);
  });

  kit.it('C37', 'callFromThread() uses the same queue as callSoon()', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('soon'));
    reactor.callFromThread(() => ran.push('from thread'));
    reactor.callSoon(() => ran.push('soon again'));
    reactor.iterate();
    expect(ran).toEqual(['soon', 'from thread', 'soon again']);
  });
}
