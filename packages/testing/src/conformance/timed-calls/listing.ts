import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { HOUR } from '../time.ts';

/**
 * Must be larger than the number of arguments that a function can get, for a reactor that lists its calls with `push(...calls)`: in V8 at
 * most 130,000, on the stack of a main thread. In Bun it is over 600,000, so there such a reactor is not caught.
 */
const VERY_MANY = 150_000;

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

  kit.it('C42', 'getDelayedCalls() and pending() list very many timed calls in order', () => {
    const reactor = kit.create();
    const first = reactor.callLater(HOUR, mustNotRun);
    for (let n = 1; n < VERY_MANY; n++) reactor.callLater(HOUR + (n % 2), mustNotRun);
    const listed = reactor.getDelayedCalls();
    expect(listed.length).toBe(VERY_MANY);
    expect(listed[0]).toBe(first);
    expect(listed.every(({ time }, index) => index === 0 || (listed[index - 1]?.time ?? 0) <= time)).toBe(true);
    expect(reactor.pending().length).toBe(VERY_MANY);
  });

  kit.it('C42', 'pending() lists very many queued calls, before the timed calls', () => {
    const reactor = kit.create();
    for (let n = 0; n < VERY_MANY; n++) reactor.callSoon(mustNotRun);
    reactor.callLater(HOUR, mustNotRun);
    const pending = reactor.pending();
    expect(pending.length).toBe(VERY_MANY + 1);
    expect([0, VERY_MANY - 1, VERY_MANY].map((index) => pending[index]?.kind)).toEqual(['call', 'call', 'timed-call']);
  });

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
