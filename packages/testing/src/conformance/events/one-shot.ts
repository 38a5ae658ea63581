import type { TriggerHandle } from '@triphase/core';
import { recordErrors } from '../error-record.ts';
import { throws } from '../failing.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { NOTHING_CALLED, PHASES } from '../phases.ts';

/** Triggers for one firing and for every firing: C16. */
export function oneShot(kit: Kit): void {
  const { expect } = kit;

  kit.it('C16', 'a trigger is one-shot: a second firing does not call it', async () => {
    const reactor = kit.create();
    for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'event', () => 1);
    expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 1, after: 1 });
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C16', 'a trigger is taken out as it is called, also when it fails', async () => {
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

  kit.it('C16', 'with every a trigger is called in each firing, in its place', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.addSystemEventTrigger('during', 'event', journal.notes('first'), { every: true });
    reactor.addSystemEventTrigger('during', 'event', journal.notes('once'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('last'), { every: true });
    for (let i = 0; i < 3; i++) await reactor.fire('event');
    expect(journal.entries).toEqual(['first', 'once', 'last', 'first', 'last', 'first', 'last']);
  });

  kit.it('C16', 'with every a trigger that throws stays for the next firing', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('during', 'event', throws('again'), { every: true });
    await reactor.fire('event');
    await reactor.fire('event');
    expect(errors).toEqual(['again', 'again']);
  });

  kit.it(
    'C16',
    'a trigger of every firing that is removed while its promise pends is not called in the next one; this firing still waits for it',
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
