import { deferred } from '../deferred.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { LIMIT } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** Required triggers, which veto their event: C26. */
export function vetoes(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C26',
    'a required before trigger that fails vetoes the event: during does not run, after does, and the report says vetoed',
    async () => {
      for (const fails of [throws, rejects]) {
        const reactor = kit.create({ onError: () => undefined });
        const journal = new Journal();
        reactor.addSystemEventTrigger('before', 'event', fails('no'), { required: true });
        reactor.on('event', {
          before: journal.notes('before'),
          during: journal.notes('during'),
          after: journal.notes('after'),
        });
        const report = await reactor.fire('event');
        expect([report.vetoed, report.counts, report.errors.length]).toEqual([
          true,
          { before: 2, during: 0, after: 1 },
          1,
        ]);
        expect(journal.entries).toEqual(['before', 'after']);
        expect((await reactor.fire('event')).vetoed).toBe(false);
        expect(journal.entries).toEqual(['before', 'after', 'before', 'during', 'after']);
      }
    },
  );

  kit.it(
    'C26',
    'a before trigger that is required and succeeds, or is not required and fails, does not veto the event',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      reactor.addSystemEventTrigger('before', 'event', () => 1, { required: true });
      reactor.on('event', { before: throws('optional'), during: () => 1 });
      const report = await reactor.fire('event');
      expect([report.vetoed, report.counts.during]).toEqual([false, 1]);
    },
  );

  kit.it(
    'C26',
    'required: true throws a TypeError in a phase that cannot veto, and nothing is registered',
    async () => {
      const reactor = kit.create();
      for (const phase of ['during', 'after'] as const) {
        expect(() => reactor.addSystemEventTrigger(phase, 'event', () => 1, { required: true })).toThrow(TypeError);
        expect(() => reactor.addSystemEventTrigger(phase, 'shutdown', () => 1, { required: true })).toThrow(TypeError);
      }
      expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 0, after: 0 });
    },
  );

  kit.it('C26', 'a required before trigger that exceeds its limit vetoes the event', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => deferred().promise, { timeout: LIMIT, required: true });
    reactor.on('event', { during: () => 1, after: () => 1 });
    const { vetoed, counts } = await reactor.fire('event');
    expect([vetoed, counts]).toEqual([true, { before: 1, during: 0, after: 1 }]);
  });
}
