import type { TriggerHandle } from '@triphase/core';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { NOTHING_CALLED, PHASES } from '../phases.ts';
import { throws } from '../trigger-results.ts';

/** Triggers for one firing and for every firing: C16. */
export function oneShot(kit: Kit): void {
  const { expect } = kit;

  kit.it('C16', 'a trigger runs in one firing: the next firing does not call it', async () => {
    const reactor = kit.create();
    for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'event', () => 1);
    expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 1, after: 1 });
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C16', 'a trigger is removed before it is called, also when it then fails', async () => {
    const reactor = kit.create({ onError: () => undefined });
    let removal: unknown;
    const handle: TriggerHandle = reactor.addSystemEventTrigger('during', 'event', () => {
      removal = handle.remove();
      throw new Error('failed');
    });
    await reactor.fire('event');
    expect(removal).toBe(false);
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C16', 'with every: true a trigger is called in each firing, at the same position', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.addSystemEventTrigger('during', 'event', journal.notes('first'), { every: true });
    reactor.addSystemEventTrigger('during', 'event', journal.notes('once'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('last'), { every: true });
    for (let i = 0; i < 3; i++) await reactor.fire('event');
    expect(journal.entries).toEqual(['first', 'once', 'last', 'first', 'last', 'first', 'last']);
  });

  kit.it('C16', 'with every: true a trigger that throws is called again in the next firing', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('during', 'event', throws('again'), { every: true });
    await reactor.fire('event');
    await reactor.fire('event');
    expect(errors).toEqual(['again', 'again']);
  });

  kit.it(
    'C16',
    'with every: true a trigger that is removed while pending is still waited for, and not called in the next firing',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('during');
      const handle = reactor.addSystemEventTrigger('during', 'event', pending.trigger, { every: true });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const first = reactor.fire('event');
      expect(handle.remove()).toBe(true);
      await Promise.resolve();
      expect(journal.entries).toEqual(['during']);
      pending.resolve();
      await first;
      expect(journal.entries).toEqual(['during', 'after']);
      expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    },
  );
}
