import { sleep, type ReactorBase, type Service, type StartupFailedError } from '@triphase/core';
import { Journal, rejects, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, deferred, lasts, recordErrors, rejectionOf, settle, start } from './steps.ts';

const PHASES = ['before', 'during', 'after'] as const;

/** Which services are stopped when a start fails, is stopped, crashes or is escalated. C52 */
export function lifecycles(kit: Kit): void {
  for (const phase of PHASES) {
    for (const [how, fails] of [
      ['throws', throws],
      ['rejects', rejects],
    ] as const) {
      kit.it(
        'C52',
        `a service that ${how} in ${phase} startup ends the start; the services that had started are stopped, but not this one`,
        async () => {
          const { onError, sources } = recordErrors();
          const reactor = kit.create({ onError });
          const journal = new Journal();
          const db = reactor.use(noted('db', journal));
          reactor.use({
            name: 'broken',
            needs: [db],
            startup: { [phase]: fails('no port') },
            shutdown: stops('broken', journal),
          });
          const { result } = await failedStart(reactor);
          kit.expect([result.reason.kind, result.reason.cause]).toEqual(['startup-failed', 'no port']);
          const begun = PHASES.slice(0, PHASES.indexOf(phase) + 1);
          kit
            .expect(journal.entries)
            .toEqual([...begun.map((each) => `db ${each} startup`), ...PHASES.map((each) => `db ${each} shutdown`)]);
          kit.expect(sources).toEqual([{ kind: 'service', name: 'broken', event: 'startup', phase }]);
        },
      );
    }
  }

  kit.it('C52', 'what needs a service that fails to start is neither started nor stopped', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const broken = reactor.use({ name: 'broken', startup: { during: rejects('failed') } });
    reactor.use({
      name: 'http',
      needs: [broken],
      startup: { during: journal.notes('http starts') },
      shutdown: stops('http', journal),
    });
    await failedStart(reactor);
    kit.expect(journal.entries).toEqual([]);
  });

  kit.it(
    'C52',
    'a service that is still starting when another fails is awaited, and stopped once it has started',
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
      kit.expect(journal.entries).toEqual(['slow starts', 'late starts', 'still starting', 'slow stops']);
    },
  );

  kit.it('C52', 'a service has started when each of its functions that was called has fulfilled', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const startup = { before: journal.notes('prepared'), during: journal.notes('never') };
    reactor.use({ name: 'half-way', startup, shutdown: { during: journal.notes('half-way stops') } });
    reactor.use({
      name: 'unborn',
      startup: { during: journal.notes('never') },
      shutdown: { during: journal.notes('never') },
    });
    const torn = { before: journal.notes('torn'), during: throws('never') };
    reactor.use({
      name: 'broken',
      startup: { ...torn, before: rejects('failed') },
      shutdown: { during: journal.notes('never') },
    });
    await failedStart(reactor);
    kit.expect(journal.entries).toEqual(['prepared', 'half-way stops']);
  });

  kit.it('C52', 'a service that started in one phase and failed in the next is not stopped', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    reactor.use({
      name: 'torn',
      startup: { before: journal.notes('prepared'), during: rejects('failed') },
      shutdown: stops('torn', journal),
    });
    await failedStart(reactor);
    kit.expect(journal.entries).toEqual(['prepared']);
  });

  kit.it('C52', 'a service without startup has started when those it needs have', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const good = reactor.use({ name: 'good', startup: { before: () => 1 } });
    const broken = reactor.use({ name: 'broken', startup: { before: throws('failed') } });
    for (const [name, needs] of [
      ['on good', [good]],
      ['on broken', [broken]],
      ['on both', [good, broken]],
      ['alone', []],
    ] as const) {
      reactor.use({ name, needs, shutdown: { during: journal.notes(name) } });
    }
    await failedStart(reactor);
    kit.expect([...journal.entries].sort()).toEqual(['alone', 'on good']);
  });

  kit.it('C52', 'a plain trigger that ends the start leaves the services stopped that had started', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    reactor.use(noted('db', journal));
    reactor.addSystemEventTrigger('during', 'startup', throws('failed'), { required: true });
    await failedStart(reactor);
    kit
      .expect(journal.entries)
      .toEqual(['db before startup', 'db during startup', ...PHASES.map((phase) => `db ${phase} shutdown`)]);
  });

  kit.it(
    'C52',
    'a service that fails in shutdown is reported as a service, and the others are stopped all the same',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const db = reactor.use({ name: 'db', shutdown: stops('db', journal) });
      const queue = reactor.use({
        name: 'queue',
        needs: [db],
        shutdown: { before: throws('thrown'), during: rejects('rejected') },
      });
      reactor.use({ name: 'http', needs: [queue], shutdown: stops('http', journal) });
      await start(reactor);
      const { shutdown } = await reactor.stop();
      kit
        .expect(journal.entries)
        .toEqual(PHASES.flatMap((phase) => [`http ${phase} shutdown`, `db ${phase} shutdown`]));
      kit.expect([errors, shutdown?.errors.length]).toEqual([['thrown', 'rejected'], 2]);
      kit.expect(sources.map(({ kind, name, event, phase }) => [kind, name, event, phase])).toEqual([
        ['service', 'queue', 'shutdown', 'before'],
        ['service', 'queue', 'shutdown', 'during'],
      ]);
    },
  );

  kit.it('C52', 'the functions of services count in the reports, and are named after their services', async () => {
    const reactor = kit.create();
    reactor.use({ name: 'db', startup: { during: () => 1 }, shutdown: { after: () => 1 } });
    await start(reactor);
    const { startup, shutdown } = await reactor.stop();
    kit.expect([startup.counts.during, shutdown?.counts.after]).toEqual([1, 1]);
    kit.expect(startup.phases?.during.triggers.map(({ name }) => name)).toEqual(['db']);
    kit.expect(shutdown?.phases?.after.triggers.map(({ name }) => name)).toEqual(['db']);
  });

  kit.it('C66', 'a service that waited for one that hangs is not blamed: it has extra time of its own', async () => {
    // Half a second for what takes a millisecond, on a machine that stalls.
    const reactor = kit.create({ limits: { shutdown: { during: 500 } }, onError: () => undefined });
    const journal = new Journal();
    const db = reactor.use({
      name: 'db',
      shutdown: {
        during: async () => {
          await sleep(reactor, 1);
          journal.entries.push('db is closed');
        },
      },
    });
    reactor.use({ name: 'consumer', needs: [db], shutdown: { during: () => deferred().promise } });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    kit.expect(journal.entries).toEqual(['db is closed']);
    kit.expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer']);
  });

  kit.it('C66', 'a service that waited and then hangs is named when its extra time is over', async () => {
    const moment = 20;
    const reactor = kit.create({ limits: { shutdown: { during: moment } }, onError: () => undefined });
    const hang = (): Promise<void> => deferred().promise;
    const db = reactor.use({ name: 'db', shutdown: { during: hang } });
    reactor.use({ name: 'consumer', needs: [db], shutdown: { during: hang } });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    kit.expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer', 'db']);
    kit.expect(shutdown?.abandoned.every(({ age }) => lasts(age, moment))).toBe(true);
  });

  kit.it('C66', 'the deadline ends that extra time too', async () => {
    const limits = { shutdown: { during: 20, deadline: 25 } };
    const reactor = kit.create({ limits, onError: () => undefined });
    const hang = (): Promise<void> => deferred().promise;
    const db = reactor.use({ name: 'db', shutdown: { during: hang } });
    reactor.use({ name: 'consumer', needs: [db], shutdown: { during: hang } });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    kit.expect([shutdown?.escalated, shutdown?.abandoned.map(({ name }) => name)]).toEqual([true, ['consumer', 'db']]);
  });

  kit.it('C29', 'a start that a stop interrupts has the time of before shutdown, and no more', async () => {
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
    kit.expect(startup.abandoned.map(({ name }) => name)).toEqual(['db']);
    kit.expect([journal.entries, shutdown?.escalated]).toEqual([['db starts', 'shutdown'], false]);
  });

  kit.it('C29', 'stop while starting: no service begins any more, what has started is stopped', async () => {
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
    kit.expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
    pending.resolve();
    await ended;
    kit.expect(journal.entries).toEqual(['db starts', 'db stops']);
  });

  kit.it(
    'C31',
    'after a crash services stay started: the next run starts only what had not begun, and stops them all',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use(noted('db', journal));
      await start(reactor);
      await settle();
      reactor.crash();
      journal.entries.push('crashed');
      reactor.use({ ...noted('http', journal), needs: [db] });
      await start(reactor);
      await settle();
      await reactor.stop();
      const ends = (name: string, end: string): string[] => PHASES.map((phase) => `${name} ${phase} ${end}`);
      const stopping = PHASES.flatMap((phase) => [`http ${phase} shutdown`, `db ${phase} shutdown`]);
      kit
        .expect(journal.entries)
        .toEqual([...ends('db', 'startup'), 'crashed', ...ends('http', 'startup'), ...stopping]);
    },
  );

  kit.it(
    'C29',
    'a service that stops the reactor as it starts is awaited, and stopped once it has started',
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
      kit.expect(journal.entries).toEqual(['db starts', 'http starts', 'http stops']);
    },
  );

  kit.it('C31', 'a service that a crash caught half started is started anew, from its first phase', async () => {
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
    kit.expect(journal.entries).toEqual(['prepares', 'opens', 'prepares', 'opens', 'stops']);
  });

  kit.it('C31', 'crash while a service starts: what waits for it is not started any more', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('db');
    const db = reactor.use({ name: 'db', startup: { during: pending.trigger } });
    reactor.use({ name: 'http', needs: [db], startup: { during: throws('never called') } });
    const ended = reactor.run();
    await pending.called;
    reactor.crash();
    kit.expect((await ended).startup.counts.during).toBe(1);
  });

  kit.it('C32', 'escalate from onError as a service fails: what waited for it is called in its own phase', async () => {
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
    kit.expect(journal.entries).toEqual(['http during', 'db during', 'http after', 'db after']);
  });

  kit.it(
    'C32',
    'escalate calls what waits for the services that pend, inside the call, in the order of their needs',
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
      kit.expect(journal.entries).toEqual(['http']);
      reactor.escalate();
      kit.expect(journal.entries).toEqual(['http', 'db', 'http after', 'db after']);
      const { shutdown } = await ended;
      kit
        .expect(shutdown?.abandoned.map(({ kind, name }) => `${kind} ${name}`))
        .toEqual(['service http', 'service db']);
    },
  );

  kit.it(
    'C22',
    'a service that outlives the limit of its phase is left behind, and what waits for it is called',
    async () => {
      const reactor = kit.create({ limits: { shutdown: { during: 20 } }, onError: () => undefined });
      const journal = new Journal();
      const db = reactor.use({ name: 'db', shutdown: { during: journal.notes('db') } });
      reactor.use({ name: 'http', needs: [db], shutdown: { during: () => deferred().promise } });
      await start(reactor);
      const { shutdown } = await reactor.stop();
      kit.expect(journal.entries).toEqual(['db']);
      kit.expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['http']);
      kit.expect(shutdown?.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
    },
  );

  kit.it(
    'C52',
    'a service that outlives its limit in startup has failed: the start ends, and it is not stopped',
    async () => {
      const reactor = kit.create({ limits: { startup: { during: 20 } }, onError: () => undefined });
      reactor.use({
        name: 'db',
        startup: { during: () => deferred().promise },
        shutdown: { during: throws('never called') },
      });
      const { result } = await failedStart(reactor);
      kit.expect(codeOf(result.reason.cause)).toBe('ERR_TRIPHASE_TRIGGER_TIMEOUT');
      kit.expect(result.startup.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['service db']);
      kit.expect(result.shutdown?.counts.during).toBe(0);
    },
  );
}

/** A service that notes each of its calls. */
function noted(name: string, journal: Journal): Service {
  const notes = (phase: string, end: string): (() => void) => journal.notes(`${name} ${phase} ${end}`);
  return {
    name,
    startup: {
      before: notes('before', 'startup'),
      during: notes('during', 'startup'),
      after: notes('after', 'startup'),
    },
    shutdown: stops(name, journal),
  };
}

function stops(name: string, journal: Journal): NonNullable<Service['shutdown']> {
  const notes = (phase: string): (() => void) => journal.notes(`${name} ${phase} shutdown`);
  return { before: notes('before'), during: notes('during'), after: notes('after') };
}

async function failedStart(reactor: ReactorBase): Promise<StartupFailedError> {
  return (await rejectionOf(reactor.run())) as StartupFailedError; // as: C26, and each test looks at it
}
