import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { settle } from '../time.ts';
import { thenable, throws } from '../trigger-results.ts';

/** How much of a firing runs inside the call of `fire`: C12. */
export function synchronousFiring(kit: Kit): void {
  const { expect } = kit;

  kit.it('C12', 'a firing in which no trigger returns a thenable completes inside the call, all three phases', () => {
    const reactor = kit.create();
    const journal = new Journal();
    for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'event', journal.notes(phase));
    void reactor.fire('event');
    expect(journal.entries).toEqual(['before', 'during', 'after']);
    expect(reactor.isFiring('event')).toBe(false);
  });

  kit.it('C12', 'a trigger that fires another event without thenables sees it complete inside the call', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('inner', { before: journal.notes('inner before'), after: journal.notes('inner after') });
    reactor.on('outer', {
      during: () => {
        void reactor.fire('inner');
        journal.entries.push('outer during');
      },
      after: journal.notes('outer after'),
    });
    void reactor.fire('outer');
    expect(journal.entries).toEqual(['inner before', 'inner after', 'outer during', 'outer after']);
  });

  kit.it('C12', 'a firing runs inside the call up to the first phase that is pending', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', {
      before: journal.notes('before'),
      during: journal.pends('during').trigger,
      after: journal.notes('after'),
    });
    void reactor.fire('event');
    expect(journal.entries).toEqual(['before', 'during']);
  });

  kit.it(
    'C12',
    'when the last promise of a phase settles, the firing runs at once up to the next phase that is pending',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const [before, after] = [journal.pends('before'), journal.pends('after')];
      reactor.on('event', { before: before.trigger, during: journal.notes('during'), after: after.trigger });
      const firing = reactor.fire('event');
      before.resolve();
      await before.promise; // the firing has called `then` before this
      expect(journal.entries).toEqual(['before', 'during', 'after']);
      after.resolve();
      await firing;
    },
  );

  kit.it('C12', "a thenable's then is read once and called at once, as its method", () => {
    const reactor = kit.create();
    const journal = new Journal();
    const foreign = {
      get then(): unknown {
        journal.entries.push('read');
        return function (this: unknown): void {
          journal.entries.push(this === foreign ? 'called' : 'called on something else');
        };
      },
    };
    reactor.addSystemEventTrigger('before', 'event', () => foreign);
    reactor.addSystemEventTrigger('before', 'event', journal.notes('sibling'));
    void reactor.fire('event');
    expect(journal.entries).toEqual(['read', 'called', 'sibling']);
  });

  kit.it(
    'C12',
    'a second settlement of a thenable is ignored: it reports no error, and does not count as the settlement of another trigger',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('pending');
      let fulfil: () => void = throws('then was not called');
      let reject: (reason: unknown) => void = fulfil;
      const twice = thenable((onFulfilled, onRejected) => {
        [fulfil, reject] = [onFulfilled, onRejected];
      });
      reactor.on('event', { before: () => twice, after: journal.notes('after') });
      reactor.addSystemEventTrigger('before', 'event', pending.trigger);
      const firing = reactor.fire('event');
      fulfil();
      fulfil();
      reject('too late');
      await settle();
      expect(journal.entries).toEqual(['pending']);
      pending.resolve();
      const report = await firing;
      expect([journal.entries, report.errors]).toEqual([['pending', 'after'], []]);
      fulfil();
      reject('after the end');
    },
  );

  kit.it('C12', 'a thenable that settles inside its then() delays nothing', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', {
      before: () =>
        thenable((fulfil) => {
          fulfil();
        }),
      after: journal.notes('after'),
    });
    void reactor.fire('event');
    expect(journal.entries).toEqual(['after']);
  });
}
