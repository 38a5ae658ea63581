import type { Phase } from '@triphase/core';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** The order of phases and triggers, and what a phase waits for: C9 to C11. */
export function phases(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C9',
    'all before triggers run, then all during, then all after, in order of registration inside a phase',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const registered: readonly Phase[] = ['after', 'during', 'before', 'during', 'before', 'after'];
      registered.forEach((phase, index) => {
        reactor.addSystemEventTrigger(phase, 'event', journal.notes(`${phase} ${index}`));
        reactor.addSystemEventTrigger(phase, 'event', journal.notes(`${phase} ${index} again`));
      });
      await reactor.fire('event');
      expect(journal.entries).toEqual([
        'before 2',
        'before 2 again',
        'before 4',
        'before 4 again',
        'during 1',
        'during 1 again',
        'during 3',
        'during 3 again',
        'after 0',
        'after 0 again',
        'after 5',
        'after 5 again',
      ]);
    },
  );

  kit.it('C9', 'triggers with and without every: true run in one common order of registration', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.once('event', journal.notes('1'));
    reactor.on('event', journal.notes('2'));
    reactor.once('event', journal.notes('3'));
    reactor.on('event', { during: journal.notes('4') });
    await reactor.fire('event');
    expect(journal.entries).toEqual(['1', '2', '3', '4']);
  });

  for (const { phase, next } of [
    { phase: 'before', next: 'during' },
    { phase: 'during', next: 'after' },
  ] as const) {
    kit.it('C10', `${next} begins only when every trigger of ${phase} has settled`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const [first, second] = [journal.pends('first'), journal.pends('second')];
      for (const { trigger } of [first, second]) reactor.addSystemEventTrigger(phase, 'event', trigger);
      reactor.addSystemEventTrigger(next, 'event', journal.notes(next));
      const firing = reactor.fire('event');
      second.resolve();
      await settle();
      expect(journal.entries).toEqual(['first', 'second']);
      first.resolve();
      await firing;
      expect(journal.entries).toEqual(['first', 'second', next]);
    });
  }

  kit.it('C10', 'a firing is over only when every trigger of after has settled', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('after');
    reactor.addSystemEventTrigger('after', 'event', pending.trigger);
    let over = false;
    const firing = reactor.fire('event').then(() => (over = true));
    await settle();
    expect([over, reactor.isFiring('event')]).toEqual([false, true]);
    pending.resolve();
    await firing;
    expect(reactor.isFiring('event')).toBe(false);
  });

  kit.it(
    'C10',
    'the next phase waits for a pending trigger even when others of its phase have thrown or rejected',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const journal = new Journal();
      const pending = journal.pends('pending');
      for (const trigger of [rejects('rejected'), pending.trigger, throws('thrown')]) {
        reactor.addSystemEventTrigger('before', 'event', trigger);
      }
      reactor.addSystemEventTrigger('during', 'event', journal.notes('during'));
      const firing = reactor.fire('event');
      await settle();
      expect(journal.entries).toEqual(['pending']);
      pending.resolve();
      await firing;
      expect(journal.entries).toEqual(['pending', 'during']);
    },
  );

  kit.it('C11', 'the triggers of a phase are called in order, and none waits for another', () => {
    const reactor = kit.create();
    const journal = new Journal();
    const triggers = [journal.pends('1').trigger, journal.notes('2'), journal.pends('3').trigger, journal.notes('4')];
    for (const trigger of triggers) reactor.addSystemEventTrigger('before', 'event', trigger);
    void reactor.fire('event');
    expect(journal.entries).toEqual(['1', '2', '3', '4']);
  });

  kit.it('C11', 'the promises of a phase may settle in any order', async () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = [1, 2, 3].map((entry) => journal.pends(`${entry}`));
      for (const { trigger } of pending) reactor.addSystemEventTrigger('during', 'event', trigger);
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const firing = reactor.fire('event');
      for (const index of order) {
        expect(journal.entries).toEqual(['1', '2', '3']);
        pending[index]?.resolve();
        await settle();
      }
      await firing;
      expect(journal.entries).toEqual(['1', '2', '3', 'after']);
    }
  });
}
