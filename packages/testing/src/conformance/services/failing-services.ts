import { recordErrors } from '../error-record.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { failedStart, start } from '../running.ts';
import { notingAllPhases, shutdownNotes } from '../sample-services.ts';
import { settle } from '../time.ts';
import { WAYS_TO_FAIL, rejects, throws } from '../trigger-results.ts';

/** Which services are stopped after one has failed: C52. */
export function failingServices(kit: Kit): void {
  const { expect } = kit;

  for (const phase of PHASES) {
    for (const { how, fails } of WAYS_TO_FAIL) {
      kit.it(
        'C52',
        `when a service ${how} in ${phase} startup the start fails; services that had started are stopped, this one is not`,
        async () => {
          const { onError, sources } = recordErrors();
          const reactor = kit.create({ onError });
          const journal = new Journal();
          const db = reactor.use(notingAllPhases('db', journal));
          reactor.use({
            name: 'broken',
            needs: [db],
            startup: { [phase]: fails('no port') },
            shutdown: shutdownNotes('broken', journal),
          });
          const { result } = await failedStart(reactor);
          expect([result.reason.kind, result.reason.cause]).toEqual(['startup-failed', 'no port']);
          const begun = PHASES.slice(0, PHASES.indexOf(phase) + 1);
          expect(journal.entries).toEqual([
            ...begun.map((each) => `db ${each} startup`),
            ...PHASES.map((each) => `db ${each} shutdown`),
          ]);
          expect(sources).toEqual([{ kind: 'service', name: 'broken', event: 'startup', phase }]);
        },
      );
    }
  }

  kit.it('C52', 'a service whose need fails to start is neither started nor stopped', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const broken = reactor.use({ name: 'broken', startup: { during: rejects('failed') } });
    reactor.use({
      name: 'http',
      needs: [broken],
      startup: { during: journal.notes('http starts') },
      shutdown: shutdownNotes('http', journal),
    });
    await failedStart(reactor);
    expect(journal.entries).toEqual([]);
  });

  kit.it(
    'C52',
    'after a failed start, a service that is still starting is waited for, and stopped if it has started',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const journal = new Journal();
      const slow = journal.pends('slow starts');
      const late = journal.pends('late starts');
      reactor.use({
        name: 'slow',
        startup: { during: slow.trigger },
        shutdown: { during: journal.notes('slow stops') },
      });
      reactor.use({
        name: 'late',
        startup: { during: late.trigger },
        shutdown: { during: journal.notes('late stops') },
      });
      reactor.use({ name: 'broken', startup: { during: throws('failed') } });
      const failed = failedStart(reactor);
      await late.called;
      await settle();
      journal.entries.push('still starting');
      slow.resolve();
      late.reject('failed, too');
      await failed;
      expect(journal.entries).toEqual(['slow starts', 'late starts', 'still starting', 'slow stops']);
    },
  );

  kit.it('C52', 'a service has started when each of its functions that was called has succeeded', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const startup = { before: journal.notes('prepared'), during: journal.notes('never') };
    reactor.use({ name: 'half-way', startup, shutdown: { during: journal.notes('half-way stops') } });
    reactor.use({
      name: 'unborn',
      startup: { during: journal.notes('never') },
      shutdown: { during: journal.notes('never') },
    });
    reactor.use({
      name: 'broken',
      startup: { before: rejects('failed'), during: mustNotRun },
      shutdown: { during: journal.notes('never') },
    });
    await failedStart(reactor);
    expect(journal.entries).toEqual(['prepared', 'half-way stops']);
  });

  kit.it('C52', 'a service that started in one phase and failed in the next is not stopped', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    reactor.use({
      name: 'torn',
      startup: { before: journal.notes('prepared'), during: rejects('failed') },
      shutdown: shutdownNotes('torn', journal),
    });
    await failedStart(reactor);
    expect(journal.entries).toEqual(['prepared']);
  });

  kit.it('C52', 'a service without startup functions has started when its needs have', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const good = reactor.use({ name: 'good', startup: { before: () => 1 } });
    const broken = reactor.use({ name: 'broken', startup: { before: throws('failed') } });
    for (const { name, needs } of [
      { name: 'on good', needs: [good] },
      { name: 'on broken', needs: [broken] },
      { name: 'on both', needs: [good, broken] },
      { name: 'alone', needs: [] },
    ]) {
      reactor.use({ name, needs, shutdown: { during: journal.notes(name) } });
    }
    await failedStart(reactor);
    expect([...journal.entries].sort()).toEqual(['alone', 'on good']);
  });

  kit.it('C52', 'when a plain trigger ends the start, the services that had started are stopped', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    reactor.use(notingAllPhases('db', journal));
    reactor.addSystemEventTrigger('during', 'startup', throws('failed'), { required: true });
    await failedStart(reactor);
    expect(journal.entries).toEqual([
      'db before startup',
      'db during startup',
      ...PHASES.map((phase) => `db ${phase} shutdown`),
    ]);
  });

  kit.it(
    'C52',
    'a service that fails in shutdown is reported as a service, and the others are still stopped',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const db = reactor.use({ name: 'db', shutdown: shutdownNotes('db', journal) });
      const queue = reactor.use({
        name: 'queue',
        needs: [db],
        shutdown: { before: throws('thrown'), during: rejects('rejected') },
      });
      reactor.use({ name: 'http', needs: [queue], shutdown: shutdownNotes('http', journal) });
      await start(reactor);
      const { shutdown } = await reactor.stop();
      expect(journal.entries).toEqual(PHASES.flatMap((phase) => [`http ${phase} shutdown`, `db ${phase} shutdown`]));
      expect([errors, shutdown?.errors.length]).toEqual([['thrown', 'rejected'], 2]);
      expect(sources).toEqual([
        { kind: 'service', name: 'queue', event: 'shutdown', phase: 'before' },
        { kind: 'service', name: 'queue', event: 'shutdown', phase: 'during' },
      ]);
    },
  );

  kit.it('C52', 'reports count the functions of services, with the names of the services', async () => {
    const reactor = kit.create();
    reactor.use({ name: 'db', startup: { during: () => 1 }, shutdown: { after: () => 1 } });
    await start(reactor);
    const { startup, shutdown } = await reactor.stop();
    expect([startup.counts.during, shutdown?.counts.after]).toEqual([1, 1]);
    expect(startup.phases?.during.triggers.map(({ name }) => name)).toEqual(['db']);
    expect(shutdown?.phases?.after.triggers.map(({ name }) => name)).toEqual(['db']);
  });
}
