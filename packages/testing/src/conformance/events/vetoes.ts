import { deferred } from '../deferred.ts';
import { rejects, throws } from '../failing.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { LIMIT } from '../time.ts';

/** Required triggers, which veto their event: C26. */
export function vetoes(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C26',
    'a required before trigger that fails vetoes the event: during is left out, after runs, the report says so',
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

  kit.it('C26', 'only a required before trigger vetoes an event, and only by failing', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => 1, { required: true });
    reactor.on('event', { before: throws('optional'), during: () => 1 });
    const report = await reactor.fire('event');
    expect([report.vetoed, report.counts.during]).toEqual([false, 1]);
  });

  kit.it(
    'C26',
    'required outside of before is refused with a TypeError where it cannot veto, and nothing is registered',
    async () => {
      const reactor = kit.create();
      for (const phase of ['during', 'after'] as const) {
        expect(() => reactor.addSystemEventTrigger(phase, 'event', () => 1, { required: true })).toThrow(TypeError);
        expect(() => reactor.addSystemEventTrigger(phase, 'shutdown', () => 1, { required: true })).toThrow(TypeError);
      }
      expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 0, after: 0 });
    },
  );

  kit.it('C26', 'a required before trigger that outlives its limit vetoes the event', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => deferred().promise, { timeout: LIMIT, required: true });
    reactor.on('event', { during: () => 1, after: () => 1 });
    const { vetoed, counts } = await reactor.fire('event');
    expect([vetoed, counts]).toEqual([true, { before: 1, during: 0, after: 1 }]);
  });
}
