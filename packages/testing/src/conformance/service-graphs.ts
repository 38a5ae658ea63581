import type { Phase, Service, ServiceGraphError, TriggerContext } from '@triphase/core';
import { Journal, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, codeThrownBy, deferred, settle, start, thrownBy } from './steps.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** Using services, and the order their needs put them in. C52 */
export function serviceGraphs(kit: Kit): void {
  kit.it('C52', 'use registers both ends of a service at once and returns it', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const ends = (end: string): Record<Phase, () => void> => ({
      before: journal.notes(`before ${end}`),
      during: journal.notes(`during ${end}`),
      after: journal.notes(`after ${end}`),
    });
    const service: Service = { name: 'db', startup: ends('startup'), shutdown: ends('shutdown') };
    kit.expect(reactor.use(service)).toBe(service);
    await start(reactor);
    await reactor.stop();
    kit
      .expect(journal.entries)
      .toEqual(['startup', 'shutdown'].flatMap((end) => PHASES.map((phase) => `${phase} ${end}`)));
  });

  kit.it('C52', 'the functions of a service get the context of a trigger, with its name', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const look = ({ event, phase, name, detail, signal, terminal }: TriggerContext): void =>
      void seen.push([event, phase, name, detail, signal.aborted, terminal]);
    reactor.use({ name: 'db', startup: { during: look }, shutdown: { after: look } });
    await start(reactor);
    const reason = { kind: 'done' };
    await reactor.stop(reason);
    kit.expect(seen).toEqual([
      ['startup', 'during', 'db', undefined, false, false],
      ['shutdown', 'after', 'db', reason, false, false],
    ]);
  });

  kit.it('C52', 'a service may be written as a class: its functions are called on their objects', async () => {
    const reactor = kit.create();
    class Ends {
      #calls = 0;
      during(): void {
        this.#calls++;
      }
      get calls(): number {
        return this.#calls;
      }
    }
    const service = reactor.use({ name: 'class', startup: new Ends(), shutdown: new Ends() });
    await start(reactor);
    await reactor.stop();
    kit.expect([service.startup.calls, service.shutdown.calls]).toEqual([1, 1]);
  });

  kit.it('C52', 'what one service needs is stopped after it, the last used first', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const needs = ['a', 'b', 'c'].map((name) => reactor.use({ name, shutdown: { during: journal.notes(name) } }));
    reactor.use({ name: 'top', needs: needs.reverse(), shutdown: { during: journal.notes('top') } });
    await start(reactor);
    await reactor.stop();
    kit.expect(journal.entries).toEqual(['top', 'c', 'b', 'a']);
  });

  for (const phase of PHASES) {
    kit.it('C52', `in ${phase} startup a service is called when those it needs have settled`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const [db, queue] = [journal.pends('db'), journal.pends('queue')];
      const needs = [
        reactor.use({ name: 'db', startup: { [phase]: db.trigger } }),
        reactor.use({ name: 'queue', startup: { [phase]: queue.trigger } }),
      ];
      const http = journal.pends('http');
      reactor.use({ name: 'http', needs, startup: { [phase]: http.trigger } });
      const ended = reactor.run();
      await queue.called;
      queue.resolve();
      await settle();
      kit.expect(journal.entries).toEqual(['db', 'queue']);
      db.resolve();
      await http.called;
      http.resolve();
      await settle();
      await reactor.stop();
      await ended;
    });

    kit.it('C52', `in ${phase} shutdown a service is called when those that need it have settled`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = journal.pends('db');
      const needs = [reactor.use({ name: 'db', shutdown: { [phase]: db.trigger } })];
      const [http, jobs] = [journal.pends('http'), journal.pends('jobs')];
      reactor.use({ name: 'http', needs, shutdown: { [phase]: http.trigger } });
      reactor.use({ name: 'jobs', needs, shutdown: { [phase]: jobs.trigger } });
      await start(reactor);
      const ended = reactor.stop();
      await http.called;
      jobs.resolve();
      await settle();
      kit.expect(journal.entries).toEqual(['jobs', 'http']);
      http.resolve();
      await db.called;
      db.resolve();
      await ended;
      kit.expect(journal.entries).toEqual(['jobs', 'http', 'db']);
    });
  }

  kit.it(
    'C52',
    'independent services run in parallel: in order of use in startup, in reverse in shutdown',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const names = ['a', 'b', 'c'];
      for (const name of names) {
        const waiting = async (end: string): Promise<void> => {
          journal.entries.push(`${name} ${end}`);
          await settle();
          journal.entries.push(`${name} settled`);
        };
        reactor.use({
          name,
          startup: { during: () => waiting('starts') },
          shutdown: { during: () => waiting('stops') },
        });
      }
      const { ended } = await start(reactor);
      await reactor.stop();
      await ended;
      const parts = [0, 3, 6, 9].map((i) => journal.entries.slice(i, i + 3));
      kit.expect(parts[0]).toEqual(['a starts', 'b starts', 'c starts']);
      kit.expect(parts[2]).toEqual(['c stops', 'b stops', 'a stops']);
      for (const part of [parts[1], parts[3]]) kit.expect(part?.every((entry) => entry.endsWith('settled'))).toBe(true);
    },
  );

  kit.it('C52', 'needs reach through a service that has no function in the phase', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const slow = (entry: string) => async (): Promise<void> => {
      await settle();
      journal.entries.push(entry);
    };
    const db = reactor.use({
      name: 'db',
      startup: { during: slow('db starts') },
      shutdown: { during: slow('db stops') },
    });
    const store = reactor.use({ name: 'store', needs: [db], startup: { after: () => 1 } });
    reactor.use({
      name: 'http',
      needs: [store],
      startup: { during: slow('http starts') },
      shutdown: { during: slow('http stops') },
    });
    await start(reactor);
    await reactor.stop();
    kit.expect(journal.entries).toEqual(['db starts', 'http starts', 'http stops', 'db stops']);
  });

  kit.it('C52', 'in a diamond of needs each is called once, after all that it needs', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const service = (name: string, needs: readonly Service[]): Service =>
      reactor.use({
        name,
        needs,
        startup: {
          during: async () => {
            await settle();
            journal.entries.push(`+${name}`);
          },
        },
        shutdown: {
          during: async () => {
            await settle();
            journal.entries.push(`-${name}`);
          },
        },
      });
    const root = service('root', []);
    const sides = [service('left', [root]), service('right', [root])];
    service('top', [...sides, root]);
    await start(reactor);
    await reactor.stop();
    const { entries } = journal;
    kit
      .expect([entries[0], [...entries.slice(1, 3)].sort(), entries[3]])
      .toEqual(['+root', ['+left', '+right'], '+top']);
    kit
      .expect([entries[4], [...entries.slice(5, 7)].sort(), entries[7]])
      .toEqual(['-top', ['-left', '-right'], '-root']);
    kit.expect(entries.length).toBe(8);
  });

  kit.it('C52', 'a chain of 2 000 services starts and stops in its order', async () => {
    const reactor = kit.create();
    const started: number[] = [];
    const stopped: number[] = [];
    let last: Service[] = [];
    for (let i = 0; i < 2_000; i++) {
      last = [
        reactor.use({
          name: `service ${i}`,
          needs: last,
          startup: { during: () => started.push(i) },
          shutdown: { during: () => stopped.push(i) },
        }),
      ];
    }
    await start(reactor);
    await reactor.stop();
    const order = Array.from({ length: 2_000 }, (_, i) => i);
    kit.expect([started, stopped]).toEqual([order, [...order].reverse()]);
  });

  kit.it('C52', "a service's functions are part of the barrier of their phase", async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const slow = (entry: string) => async (): Promise<void> => {
      await settle();
      journal.entries.push(entry);
    };
    reactor.use({ name: 'db', startup: { before: slow('db starts') }, shutdown: { before: slow('db stops') } });
    reactor.on('startup', journal.notes('during startup'));
    reactor.on('shutdown', journal.notes('during shutdown'));
    await start(reactor);
    await reactor.stop();
    kit.expect(journal.entries).toEqual(['db starts', 'during startup', 'db stops', 'during shutdown']);
  });

  kit.it('C52', 'plain triggers neither wait for services nor hold them back; services are started first', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const [plain, db, http] = [journal.pends('plain'), journal.pends('db'), journal.pends('http')];
    reactor.on('startup', plain.trigger);
    const needs = [reactor.use({ name: 'db', startup: { during: db.trigger } })];
    reactor.use({ name: 'http', needs, startup: { during: http.trigger } });
    const ended = reactor.run();
    await plain.called;
    kit.expect(journal.entries).toEqual(['db', 'plain']);
    db.resolve();
    await http.called;
    kit.expect(journal.entries).toEqual(['db', 'plain', 'http']);
    http.resolve();
    plain.resolve();
    await settle();
    await reactor.stop();
    await ended;
  });

  kit.it('C52', 'a service used twice counts once', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const service: Service = {
      name: 'db',
      startup: { during: journal.notes('starts') },
      shutdown: { during: journal.notes('stops') },
    };
    kit.expect(reactor.use(service)).toBe(reactor.use(service));
    reactor.on('startup', { after: () => reactor.use(service) });
    await start(reactor);
    kit.expect(reactor.use(service)).toBe(service);
    await reactor.stop();
    kit.expect(journal.entries).toEqual(['starts', 'stops']);
  });

  kit.it('C52', 'a service is attached to its reactor once, when it is used', () => {
    const reactor = kit.create();
    const attached: unknown[] = [];
    const service = { name: 'db', attach: (app: unknown) => attached.push(app) };
    reactor.use(service);
    reactor.use(service);
    kit.expect(attached.length).toBe(1);
    kit.expect(attached[0]).toBe(reactor);
  });

  kit.it('C52', 'a service whose attach throws is not registered, nor is what it has used', async () => {
    const reactor = kit.create();
    const failing = { startup: { during: throws('never called') }, shutdown: { during: throws('never called') } };
    const service: Service = {
      name: 'http',
      ...failing,
      attach(app) {
        app.use({ name: 'probes', needs: [service], ...failing });
        throws('no port')();
      },
    };
    kit.expect(codeThrownBy(() => reactor.use(service))).toBe('no port');
    kit.expect(reactor.describe().split('\n').length).toBe(1);
    await start(reactor);
    await reactor.stop();
  });

  kit.it('C52', 'use() reads a service once: what is changed later has no effect', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const service = {
      name: 'db',
      startup: { during: journal.notes('starts') },
      shutdown: { during: journal.notes('stops') },
    };
    reactor.use(service);
    service.name = 'other';
    service.startup.during = throws('never called');
    service.shutdown = { during: throws('never called') };
    await start(reactor);
    const { startup } = await reactor.stop();
    kit.expect(journal.entries).toEqual(['starts', 'stops']);
    kit.expect(startup.phases?.during.triggers.map(({ name }) => name)).toEqual(['db']);
  });

  for (const event of ['startup', 'shutdown'] as const) {
    for (const phase of PHASES) {
      kit.it('C17', `a plain trigger that a service adds to ${phase} ${event} in its own call runs in it`, async () => {
        const reactor = kit.create();
        const journal = new Journal();
        reactor.use({
          name: 'db',
          [event]: {
            [phase]: () => {
              reactor.addSystemEventTrigger(phase, event, journal.notes('added'));
            },
          },
        });
        await start(reactor);
        await reactor.stop();
        kit.expect(journal.entries).toEqual(['added']);
      });
    }
  }

  kit.it('C52', 'a lead time above half of the shutdown deadline is refused with both numbers', () => {
    const reactor = kit.create({ limits: { shutdown: { deadline: 10_000 } } });
    const message = (leadTime: number): string => {
      try {
        reactor.use({ name: 'http', leadTime });
        return 'accepted';
      } catch (error) {
        return error instanceof RangeError ? error.message : 'another error';
      }
    };
    kit.expect(message(5_000)).toBe('accepted');
    kit.expect(['5001', '10000'].filter((number) => message(5_001).includes(number)).length).toBe(2);
    kit.expect(message(-1).includes('-1')).toBe(true);
  });

  kit.it('C52', 'two services of one name are two', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    for (const entry of ['first', 'second']) reactor.use({ name: 'worker', startup: { during: journal.notes(entry) } });
    await start(reactor);
    await reactor.stop();
    kit.expect(journal.entries).toEqual(['first', 'second']);
  });

  kit.it('C52', 'a cycle of needs throws ServiceGraphError on use, with its path', () => {
    const reactor = kit.create();
    const [a, b, c] = ['a', 'b', 'c'].map((name): Service & { needs: Service[] } => ({ name, needs: [] }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three names make three services');
    a.needs.push(b);
    b.needs.push(c);
    c.needs.push(b);
    for (const service of [b, c]) kit.expect(pathOf(() => reactor.use(service)).length).toBe(3);
    kit.expect(pathOf(() => reactor.use(b))).toEqual(['b', 'c', 'b']);
    kit.expect(pathOf(() => reactor.use(a))).toEqual(['b', 'c', 'b']);
    const self: Service & { needs: Service[] } = { name: 'self', needs: [] };
    self.needs.push(self);
    kit.expect(pathOf(() => reactor.use(self))).toEqual(['self', 'self']);
    const message = String(thrownBy(() => reactor.use(b)));
    kit.expect(message.includes('b → c → b')).toBe(true);
  });

  kit.it('C52', 'a need that was not used throws ServiceGraphError, and nothing is registered', async () => {
    const reactor = kit.create();
    const unused: Service = { name: 'db', startup: { during: throws('never called') } };
    const http: Service = { name: 'http', needs: [unused], startup: { during: throws('never called') } };
    kit.expect(pathOf(() => reactor.use(http))).toEqual(['http', 'db']);
    await start(reactor);
    await reactor.stop();
  });

  kit.it(
    'C52',
    'after its startup phase has begun a service is refused with PhasePassedError, before that it is welcome',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const codes: string[] = [];
      const late = (phase: Phase): void =>
        void codes.push(
          codeThrownBy(() => reactor.use({ name: 'late', startup: { [phase]: throws('never called') } })),
        );
      reactor.on('startup', {
        before: () => {
          reactor.use({
            name: 'in time',
            startup: { during: journal.notes('starts') },
            shutdown: { during: journal.notes('stops') },
          });
          late('before');
        },
        during: () => {
          late('before');
          late('during');
          reactor.use({ name: 'in time, too', startup: { after: journal.notes('starts last') } });
        },
        after: () => {
          late('after');
        },
      });
      await start(reactor);
      for (const phase of PHASES) late(phase);
      await reactor.stop();
      late('during');
      kit.expect(codes).toEqual(Array.from({ length: 8 }, () => 'ERR_TRIPHASE_PHASE_PASSED'));
      kit.expect(journal.entries).toEqual(['starts', 'starts last', 'stops']);
    },
  );

  kit.it('C52', 'a service with a phase that there is not, or with one that is no function, is refused', async () => {
    const reactor = kit.create();
    for (const end of ['startup', 'shutdown']) {
      const misspelt = { name: 'db', [end]: { befor: () => 1 } } as unknown as Service;
      kit.expect(codeThrownBy(() => reactor.use(misspelt))).toBe('ERR_TRIPHASE_INVALID_PHASE');
      const noFunction = { name: 'db', [end]: { before: 7 } } as unknown as Service;
      kit.expect(() => reactor.use(noFunction)).toThrow(TypeError);
    }
    await start(reactor);
    kit.expect((await reactor.stop()).startup.counts).toEqual({ before: 0, during: 0, after: 0 });
  });

  kit.it(
    'C52',
    'a service that pends is listed with its status in pending, one that waits for it with what it waits for',
    async () => {
      const reactor = kit.create();
      const [db, http] = [deferred(), deferred()];
      const called = deferred();
      const needs = [
        reactor.use({
          name: 'db',
          startup: {
            during: () => {
              called.resolve();
              return db.promise;
            },
          },
          status: () => '3 tables',
        }),
      ];
      reactor.use({ name: 'http', needs, startup: { during: () => http.promise } });
      const ended = reactor.run();
      await called.promise;
      const [first, second] = reactor.pending();
      kit
        .expect([first?.kind, first?.name, first?.event, first?.phase, first?.status])
        .toEqual(['service', 'db', 'startup', 'during', '3 tables']);
      kit.expect([second?.kind, second?.name, second?.status?.includes('db')]).toEqual(['service', 'http', true]);
      db.resolve();
      http.resolve();
      await settle();
      await reactor.stop();
      await ended;
    },
  );

  kit.it('C52', 'describe prints the tree of services with the state and status of each', async () => {
    const reactor = kit.create();
    const db = reactor.use({
      name: 'database',
      startup: { during: () => 1 },
      shutdown: { during: () => 1 },
      status: () => '3 tables',
    });
    reactor.use({ name: 'webserver', needs: [db], startup: { during: () => 1 }, shutdown: { during: () => 1 } });
    const line = (name: string): string | undefined =>
      reactor
        .describe()
        .split('\n')
        .find((each) => each.includes(name));
    kit.expect(line('database')?.includes('3 tables')).toBe(true);
    const states = (): unknown =>
      ['database', 'webserver'].map((name) => /idle|started|stopped/.exec(line(name) ?? '')?.[0]);
    kit.expect(states()).toEqual(['idle', 'idle']);
    const indent = (name: string): number => line(name)?.indexOf(name) ?? -1;
    kit.expect(indent('database') > indent('webserver')).toBe(true);
    await start(reactor);
    await settle();
    kit.expect(states()).toEqual(['started', 'started']);
    await reactor.stop();
    kit.expect(states()).toEqual(['stopped', 'stopped']);
  });

  kit.it('C52', 'a status that throws harms neither describe nor pending', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('db');
    reactor.use({ name: 'db', startup: { during: pending.trigger }, status: throws(new Error('no status')) });
    kit.expect(reactor.describe().includes('db')).toBe(true);
    const ended = reactor.run();
    await pending.called;
    kit.expect(reactor.pending().map(({ name }) => name)).toEqual(['db']);
    pending.resolve();
    await settle();
    await reactor.stop();
    await ended;
  });
}

/** The path of the ServiceGraphError that the function throws. */
function pathOf(body: () => unknown): readonly string[] {
  const error = thrownBy(body) as ServiceGraphError; // as: its code is checked
  if (codeOf(error) !== 'ERR_TRIPHASE_SERVICE_GRAPH')
    throw new Error(`expected a ServiceGraphError, not ${codeOf(error)}`);
  return error.path;
}
