import type { Phase } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';

/** Triggers that are added while their event is being fired: C17, C18. */
export function lateTriggers(kit: Kit): void {
  const { expect } = kit;

  kit.it('C17', 'a trigger added to the current phase or to a later one runs in this firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const add = (phase: Phase, entry: string): void =>
      void reactor.addSystemEventTrigger(phase, 'event', journal.notes(entry));
    reactor.addSystemEventTrigger('before', 'event', () => {
      add('after', 'after, added');
      add('before', 'before, added');
      add('during', 'during, added');
    });
    add('before', 'before');
    add('during', 'during');
    await reactor.fire('event');
    expect(journal.entries).toEqual(['before', 'before, added', 'during', 'during, added', 'after, added']);
  });

  kit.it('C17', 'a trigger added by a trigger that was itself added late runs in this firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const add = (left: number): void => {
      reactor.addSystemEventTrigger('after', 'event', () => {
        journal.entries.push(`${left} left`);
        if (left > 0) add(left - 1);
      });
    };
    add(2);
    await reactor.fire('event');
    expect(journal.entries).toEqual(['2 left', '1 left', '0 left']);
  });

  for (const phase of ['before', 'during', 'after'] as const) {
    kit.it('C17', `a trigger added to ${phase} after its triggers were called runs in the next firing`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = PHASES.map((each) => ({ each, ...journal.pends(each) }));
      for (const { each, trigger } of pending) reactor.addSystemEventTrigger(each, 'event', trigger);
      const first = reactor.fire('event');
      for (const { each, resolve, promise } of pending) {
        const isClosed = PHASES.indexOf(each) >= PHASES.indexOf(phase);
        if (isClosed) reactor.addSystemEventTrigger(phase, 'event', journal.notes(`${phase}, added in ${each}`));
        resolve();
        await promise;
      }
      await first;
      expect(journal.entries).toEqual(['before', 'during', 'after']);
      await reactor.fire('event');
      const added = PHASES.slice(PHASES.indexOf(phase)).map((each) => `${phase}, added in ${each}`);
      expect(journal.entries.slice(3)).toEqual(added);
    });
  }

  kit.it('C17', 'a trigger added to a later phase while an earlier one is pending runs in this firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const pending = journal.pends('before');
    reactor.addSystemEventTrigger('before', 'event', pending.trigger);
    const firing = reactor.fire('event');
    reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('during'));
    pending.resolve();
    await firing;
    expect(journal.entries).toEqual(['before', 'during', 'after']);
  });

  kit.it(
    'C17',
    'adding a trigger to a phase of startup or shutdown after its triggers were called throws PhasePassedError',
    async () => {
      const reactor = kit.create();
      const codes: Record<string, string> = {};
      const add = (when: string, phase: Phase, event: 'startup' | 'shutdown'): void => {
        codes[`${phase} ${event} added ${when}`] = codeThrownBy(() =>
          reactor.addSystemEventTrigger(phase, event, mustNotRun),
        );
      };
      const waiting = deferred();
      reactor.addSystemEventTrigger('before', 'startup', async () => {
        await waiting.promise;
        add('when closed', 'before', 'startup');
      });
      reactor.addSystemEventTrigger('during', 'startup', () => {
        add('when past', 'before', 'startup');
      });
      reactor.addSystemEventTrigger('during', 'shutdown', () => {
        add('when past', 'before', 'shutdown');
      });
      reactor.addSystemEventTrigger('after', 'shutdown', async () => {
        await Promise.resolve();
        add('when closed', 'after', 'shutdown');
      });
      waiting.resolve();
      await start(reactor);
      for (const phase of PHASES) add('when running', phase, 'startup');
      await reactor.stop();
      for (const code of Object.values(codes)) expect(code).toBe('ERR_TRIPHASE_PHASE_PASSED');
      expect(Object.keys(codes).length).toBe(7);
    },
  );

  kit.it(
    'C17',
    'adding a trigger to a phase of startup that will not begin, because of a stop, throws PhasePassedError',
    async () => {
      const reactor = kit.create();
      const pending = new Journal().pends('before');
      reactor.on('startup', { before: pending.trigger });
      const ended = reactor.run();
      await pending.called;
      void reactor.stop();
      for (const phase of PHASES) {
        const add = (): unknown => reactor.addSystemEventTrigger(phase, 'startup', mustNotRun);
        expect(codeThrownBy(add)).toBe('ERR_TRIPHASE_PHASE_PASSED');
      }
      pending.resolve();
      await ended;
    },
  );

  kit.it('C17', 'a trigger added to the current phase of startup or shutdown, or to a later one, runs', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    for (const event of ['startup', 'shutdown'] as const) {
      reactor.addSystemEventTrigger('before', event, () => {
        for (const phase of PHASES) reactor.addSystemEventTrigger(phase, event, journal.notes(`${phase} ${event}`));
      });
    }
    await start(reactor);
    await reactor.stop();
    const all = ['startup', 'shutdown'].flatMap((event) => PHASES.map((phase) => `${phase} ${event}`));
    expect(journal.entries).toEqual(all);
  });

  kit.it(
    'C18',
    'a phase whose triggers add 10 000 triggers to it is cut and reported; the next phase runs, and the rest waits for the next firing',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const add = (): void => void reactor.addSystemEventTrigger('during', 'event', add);
      add();
      reactor.addSystemEventTrigger('after', 'event', () => 1);
      const report = await reactor.fire('event');
      expect(report.counts).toEqual({ before: 0, during: 10_000, after: 1 });
      expect(report.errors.map(({ code }) => code)).toEqual(['ERR_TRIPHASE_TRIGGER_LOOP']);
      expect(errors.length).toBe(1);
      expect(errors[0]).toBe(report.errors[0]);
      expect([sources[0]?.event, sources[0]?.phase]).toEqual(['event', 'during']);
      expect((await reactor.fire('event')).counts.during).toBe(10_000);
    },
  );

  kit.it(
    'C18',
    'more than 10 000 triggers registered before the firing, and 9 999 added in their phase, are no error',
    async () => {
      const reactor = kit.create();
      for (let i = 0; i < 10_100; i++) reactor.addSystemEventTrigger('before', 'event', () => 1);
      reactor.addSystemEventTrigger('during', 'event', () => {
        for (let i = 0; i < 9_999; i++) reactor.addSystemEventTrigger('during', 'event', () => 1);
      });
      const report = await reactor.fire('event');
      expect([report.counts, report.errors]).toEqual([{ before: 10_100, during: 10_000, after: 0 }, []]);
    },
  );
}
