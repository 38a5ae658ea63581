import type { Kit } from '../kit.ts';
import { NOTHING_CALLED } from '../phases.ts';

/** Which values may be event types, and how they are compared: C7. */
export function eventTypes(kit: Kit): void {
  const { expect } = kit;

  kit.it('C7', 'an event type may be any value, and its triggers get that same value', async () => {
    class Reloaded {}
    const types = [
      'event',
      '',
      '__proto__',
      'constructor',
      0,
      NaN,
      Infinity,
      undefined,
      null,
      true,
      10n,
      Symbol('event'),
      {},
      [],
      Reloaded,
      () => 1,
    ];
    const reactor = kit.create();
    const seen: unknown[] = [];
    for (const type of types) reactor.on(type, ({ event }: { readonly event: unknown }) => seen.push(event));
    for (const type of types) await reactor.fire(type);
    expect(seen.length).toBe(types.length);
    types.forEach((type, index) => expect(Object.is(seen[index], type)).toBe(true));
  });

  kit.it('C7', 'event types are compared like the keys of a Map', async () => {
    const reactor = kit.create();
    const key = {};
    for (const type of ['1', -0, NaN, key, Symbol.for('event')]) reactor.on(type, () => 1);
    const called = async (type: unknown): Promise<number> => (await reactor.fire(type)).counts.during;
    for (const same of ['1', 0, NaN, key, Symbol.for('event')]) expect(await called(same)).toBe(1);
    for (const other of [1, '0', 'NaN', {}, '[object Object]', Symbol('event'), undefined])
      expect(await called(other)).toBe(0);
  });

  kit.it('C7', 'firing an event without triggers completes at once with an empty report', async () => {
    const reactor = kit.create();
    const promise = reactor.fire('nobody');
    expect(reactor.isFiring('nobody')).toBe(false);
    const { event, counts, errors, abandoned, escalated, vetoed } = await promise;
    expect({ event, counts, errors, abandoned, escalated, vetoed }).toEqual({
      event: 'nobody',
      counts: NOTHING_CALLED,
      errors: [],
      abandoned: [],
      escalated: false,
      vetoed: false,
    });
  });
}
