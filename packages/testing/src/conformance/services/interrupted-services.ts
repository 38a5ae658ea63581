import { mustNotRun } from '../functions.ts';
import { Journal, areAborted } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { notingAllPhases } from '../sample-services.ts';
import { settle } from '../time.ts';

/** Services at a stop while starting, at a crash and at an escalation: C29, C31, C32. */
export function interruptedServices(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C29',
    'after stop() while starting, pending services get no more time than the limit of before shutdown',
    async () => {
      const limits = { shutdown: { before: 20, deadline: 60_000 } };
      const reactor = kit.create({ limits, onError: () => undefined });
      const journal = new Journal();
      const pending = journal.pends('db starts');
      reactor.use({ name: 'db', startup: { during: pending.trigger } });
      reactor.on('shutdown', { during: journal.notes('shutdown') });
      const ended = reactor.run();
      await pending.called;
      void reactor.stop();
      const { startup, shutdown } = await ended;
      expect(startup.abandoned.map(({ name }) => name)).toEqual(['db']);
      expect([journal.entries, shutdown?.escalated]).toEqual([['db starts', 'shutdown'], false]);
    },
  );

  kit.it(
    'C29',
    'after stop() while starting no further service starts, and those that have started are stopped',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('db starts');
      const db = reactor.use({
        name: 'db',
        startup: { during: pending.trigger },
        shutdown: { during: journal.notes('db stops') },
      });
      reactor.use({
        name: 'http',
        needs: [db],
        startup: { during: journal.notes('never') },
        shutdown: { during: journal.notes('never') },
      });
      const ended = reactor.run();
      await pending.called;
      void reactor.stop();
      expect(areAborted(pending)).toEqual([true]);
      pending.resolve();
      await ended;
      expect(journal.entries).toEqual(['db starts', 'db stops']);
    },
  );

  kit.it(
    'C29',
    'a service that calls stop() in its startup is waited for, and stopped once it has started',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const opening = journal.pends('db starts');
      const db = reactor.use({ name: 'db', startup: { during: opening.trigger } });
      reactor.use({
        name: 'http',
        needs: [db],
        startup: {
          during: async () => {
            void reactor.stop();
            await settle();
            journal.entries.push('http starts');
          },
        },
        shutdown: { during: journal.notes('http stops') },
      });
      const ended = reactor.run();
      await opening.called;
      opening.resolve();
      await ended;
      expect(journal.entries).toEqual(['db starts', 'http starts', 'http stops']);
    },
  );

  kit.it(
    'C31',
    'after a crash services stay started: the next run starts only new ones, and stops them all',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use(notingAllPhases('db', journal));
      await start(reactor);
      await settle();
      reactor.crash();
      journal.entries.push('crashed');
      reactor.use({ ...notingAllPhases('http', journal), needs: [db] });
      await start(reactor);
      await settle();
      await reactor.stop();
      const entriesOf = (name: string, event: string): string[] => PHASES.map((phase) => `${name} ${phase} ${event}`);
      const stopping = PHASES.flatMap((phase) => [`http ${phase} shutdown`, `db ${phase} shutdown`]);
      expect(journal.entries).toEqual([
        ...entriesOf('db', 'startup'),
        'crashed',
        ...entriesOf('http', 'startup'),
        ...stopping,
      ]);
    },
  );

  kit.it(
    'C31',
    'a service that was starting at a crash is started again from its first phase in the next run',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const opening = journal.pends('opens');
      reactor.use({
        name: 'db',
        startup: { before: journal.notes('prepares'), during: opening.trigger },
        shutdown: { during: journal.notes('stops') },
      });
      const ended = reactor.run();
      await opening.called;
      reactor.crash();
      await ended;
      opening.resolve();
      await start(reactor);
      await settle();
      await reactor.stop();
      expect(journal.entries).toEqual(['prepares', 'opens', 'prepares', 'opens', 'stops']);
    },
  );

  kit.it('C31', 'after crash() while a service is starting, a service that waits for it is not started', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('db');
    const db = reactor.use({ name: 'db', startup: { during: pending.trigger } });
    reactor.use({ name: 'http', needs: [db], startup: { during: mustNotRun } });
    const ended = reactor.run();
    await pending.called;
    reactor.crash();
    expect((await ended).startup.counts.during).toBe(1);
  });

  kit.it(
    'C32',
    'escalate() in onError of a failing service still calls the services that waited for it in the same phase',
    async () => {
      const journal = new Journal();
      const reactor = kit.create({
        onError: () => {
          reactor.escalate();
        },
      });
      const http = journal.pends('http during');
      const db = reactor.use({
        name: 'db',
        shutdown: { during: journal.notes('db during'), after: journal.notes('db after') },
      });
      reactor.use({
        name: 'http',
        needs: [db],
        shutdown: { during: http.trigger, after: journal.notes('http after') },
      });
      await start(reactor);
      const ended = reactor.stop();
      await http.called;
      http.reject('failed');
      await ended;
      expect(journal.entries).toEqual(['http during', 'db during', 'http after', 'db after']);
    },
  );

  kit.it(
    'C32',
    'escalate() calls the services that wait for pending ones, inside the call, in the order of needs',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use({
        name: 'db',
        shutdown: { during: journal.pends('db').trigger, after: journal.notes('db after') },
      });
      const http = journal.pends('http');
      reactor.use({
        name: 'http',
        needs: [db],
        shutdown: { during: http.trigger, after: journal.notes('http after') },
      });
      await start(reactor);
      const ended = reactor.stop();
      await http.called;
      await settle();
      expect(journal.entries).toEqual(['http']);
      reactor.escalate();
      expect(journal.entries).toEqual(['http', 'db', 'http after', 'db after']);
      const { shutdown } = await ended;
      expect(shutdown?.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['service http', 'service db']);
    },
  );
}
