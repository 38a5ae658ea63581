import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { HOUR } from '../time.ts';

/** `getDelayedCalls()` and `toString()`. C42. */
export function listing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C42', 'getDelayedCalls() lists the pending timed calls in the order in which they will run', () => {
    const reactor = kit.create();
    const never = reactor.callLater(Infinity, mustNotRun);
    const last = reactor.callLater(3 * HOUR, mustNotRun);
    const first = reactor.callLater(HOUR, mustNotRun);
    const second = reactor.callLater(2 * HOUR, mustNotRun);
    reactor.callLater(HOUR, mustNotRun).cancel();
    reactor.callLater(0, () => undefined);
    reactor.iterate();
    expect(reactor.getDelayedCalls().map((call) => [first, second, last, never].indexOf(call))).toEqual(range(4));
    last.reset(HOUR / 2);
    expect(reactor.getDelayedCalls().map((call) => [last, first, second, never].indexOf(call))).toEqual(range(4));
  });

  kit.it('C42', 'getDelayedCalls() lists the timed calls of the current turn until they run', () => {
    const reactor = kit.create();
    const listed: number[] = [];
    for (const _ of range(3)) reactor.callLater(0, () => listed.push(reactor.getDelayedCalls().length));
    reactor.callSoon(() => {
      reactor.callLater(HOUR, mustNotRun);
    });
    reactor.iterate();
    expect(listed).toEqual([3, 2, 1]);
  });

  kit.it(
    'C42',
    'getDelayedCalls() and pending() list very many calls in order, pending() with queued calls first',
    () => {
      const reactor = kit.create();
      const count = 200_000;
      for (let n = 0; n < count; n++) reactor.callSoon(mustNotRun);
      const first = reactor.callLater(HOUR, mustNotRun);
      for (let n = 1; n < count; n++) reactor.callLater(HOUR + (n % 1_000), mustNotRun);
      const listed = reactor.getDelayedCalls();
      expect(listed.length).toBe(count);
      expect(listed[0]).toBe(first);
      expect(listed.every(({ time }, index) => index === 0 || (listed[index - 1]?.time ?? 0) <= time)).toBe(true);
      const pending = reactor.pending();
      expect(pending.length).toBe(2 * count);
      expect([pending[0]?.kind, pending[count]?.kind]).toEqual(['call', 'timed-call']);
      for (const call of listed) call.cancel();
    },
  );

  kit.it('C42', 'toString() of a timed call shows its state and its name', () => {
    const reactor = kit.create();
    const call = reactor.callLater(0, () => undefined, { name: 'refresh' });
    const cancelled = reactor.callLater(HOUR, mustNotRun, { name: 'refresh' });
    const waiting = String(call);
    reactor.iterate();
    cancelled.cancel();
    const texts = [waiting, String(call), String(cancelled)];
    expect(new Set(texts).size).toBe(3);
    expect(texts.map((text) => /called|cancelled/.exec(text)?.[0])).toEqual([undefined, 'called', 'cancelled']);
    // A call that is over no longer keeps its function and its name.
    expect(waiting.includes('refresh')).toBe(true);
    expect(texts.every((text) => !text.includes('[object'))).toBe(true);
  });

  kit.it('C43', 'cancelled timed calls are not kept', () => {
    const reactor = kit.create();
    const kept = reactor.callLater(HOUR, mustNotRun);
    for (const n of range(20_000)) reactor.callLater(HOUR + (n % 100), mustNotRun).cancel();
    expect(reactor.getDelayedCalls().length).toBe(1);
    expect(reactor.pending().length).toBe(1);
    kept.cancel();
    expect(reactor.iterate()).toBe(Infinity);
  });
}
