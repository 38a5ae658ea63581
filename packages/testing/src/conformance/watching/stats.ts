import { fail } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { atLeast, block } from '../time.ts';

/** `stats()`. C47. */
export function stats(kit: Kit): void {
  const { expect } = kit;

  kit.it('C47', 'stats() of a new reactor is all zeros', () => {
    expect(kit.create().stats()).toEqual({
      turns: 0,
      calls: 0,
      timedCalls: 0,
      errors: 0,
      lateness: { mean: 0, max: 0 },
    });
  });

  kit.it('C47', 'stats() counts turns, calls, timed calls and errors', () => {
    const reactor = kit.create({ onError: () => undefined });
    for (const _ of range(3)) reactor.callSoon(() => undefined);
    for (const _ of range(2)) reactor.callLater(0, fail);
    reactor.iterate();
    reactor.iterate();
    const { turns, calls, timedCalls, errors } = reactor.stats();
    expect({ turns, calls, timedCalls, errors }).toEqual({ turns: 2, calls: 3, timedCalls: 2, errors: 2 });
  });

  kit.it(
    'C47',
    'stats() has the lateness of timed calls',
    () => {
      const reactor = kit.create();
      reactor.callLater(1, () => undefined);
      reactor.callLater(1, () => undefined);
      block(reactor, 21);
      reactor.iterate();
      const { mean, max } = reactor.stats().lateness;
      expect(atLeast(mean, 20) && atLeast(max, mean)).toBe(true);
    },
    { needs: 'movingClock' },
  );

  kit.it('C47', 'stats() works during a run, and once it is over', async () => {
    const reactor = kit.create();
    const seen: number[] = [];
    await runThrough(reactor, async () => {
      await nextTurn(reactor);
      seen.push(reactor.stats().calls);
    });
    expect(seen).toEqual([1]);
    expect(reactor.stats().calls).toBe(1);
  });
}
