import type { TriggerContext } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { LIMIT } from '../time.ts';
import { contextOf, signalAborted } from './limit-helpers.ts';

/** The signal of a trigger aborts at its limits: C21. */
export function abortedSignals(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C21',
    "a trigger's signal aborts at its own timeout, at the limit of its phase and at the deadline of the event",
    async () => {
      for (const limit of ['timeout', 'during', 'deadline'] as const) {
        const reactor = kit.create({ onError: () => undefined });
        const pending = new Journal().pends('pending');
        reactor.addSystemEventTrigger(
          'during',
          'event',
          pending.trigger,
          limit === 'timeout' ? { timeout: LIMIT } : {},
        );
        const firing = reactor.fire('event', undefined, limit === 'timeout' ? {} : { limits: { [limit]: LIMIT } });
        expect(contextOf(pending).signal.aborted).toBe(false);
        await signalAborted(pending);
        await firing;
      }
    },
  );

  kit.it('C21', 'a signal first read after its trigger was abandoned is already aborted', async () => {
    for (const limit of ['timeout', 'during', 'deadline'] as const) {
      const reactor = kit.create({ onError: () => undefined });
      const pending = new Journal().pends('pending');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, limit === 'timeout' ? { timeout: LIMIT } : {});
      await reactor.fire('event', undefined, limit === 'timeout' ? {} : { limits: { [limit]: LIMIT } });
      expect(contextOf(pending).signal.aborted).toBe(true);
    }
  });

  kit.it('C21', 'after the deadline the triggers of later phases get a signal that is already aborted', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const seen: boolean[] = [];
    const look = ({ signal }: TriggerContext): void => void seen.push(signal.aborted);
    reactor.on('event', { before: () => deferred().promise, during: look, after: look });
    await reactor.fire('event', undefined, { limits: { deadline: LIMIT } });
    expect(seen).toEqual([true, true]);
  });
}
