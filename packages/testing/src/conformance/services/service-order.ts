import type { Service } from '@triphase/core';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { settle } from '../time.ts';

/** The order in which services start and stop: C52. */
export function serviceOrder(kit: Kit): void {
  const { expect } = kit;

  kit.it('C52', 'the needs of a service stop after it, the last used first', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const needs = ['a', 'b', 'c'].map((name) => reactor.use({ name, shutdown: { during: journal.notes(name) } }));
    reactor.use({ name: 'top', needs: needs.reverse(), shutdown: { during: journal.notes('top') } });
    await start(reactor);
    await reactor.stop();
    expect(journal.entries).toEqual(['top', 'c', 'b', 'a']);
  });

  for (const phase of PHASES) {
    kit.it('C52', `in ${phase} startup a service is called when its needs have settled`, async () => {
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
      expect(journal.entries).toEqual(['db', 'queue']);
      db.resolve();
      await http.called;
      http.resolve();
      await settle();
      await reactor.stop();
      await ended;
    });

    kit.it('C52', `in ${phase} shutdown a service is called when all services that need it have settled`, async () => {
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
      expect(journal.entries).toEqual(['jobs', 'http']);
      http.resolve();
      await db.called;
      db.resolve();
      await ended;
      expect(journal.entries).toEqual(['jobs', 'http', 'db']);
    });
  }

  kit.it(
    'C52',
    'independent services run in parallel: in the order of use() in startup, in reverse in shutdown',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const names = ['a', 'b', 'c'];
      for (const name of names) {
        const waiting = async (verb: string): Promise<void> => {
          journal.entries.push(`${name} ${verb}`);
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
      expect(parts[0]).toEqual(['a starts', 'b starts', 'c starts']);
      expect(parts[2]).toEqual(['c stops', 'b stops', 'a stops']);
      for (const part of [parts[1], parts[3]]) expect(part?.every((entry) => entry.endsWith('settled'))).toBe(true);
    },
  );

  kit.it('C52', 'the order of needs holds across a service that has no function in the phase', async () => {
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
    expect(journal.entries).toEqual(['db starts', 'http starts', 'http stops', 'db stops']);
  });

  kit.it('C52', 'in a diamond of needs each service is called once, after all its needs', async () => {
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
    expect([entries[0], [...entries.slice(1, 3)].sort(), entries[3]]).toEqual(['+root', ['+left', '+right'], '+top']);
    expect([entries[4], [...entries.slice(5, 7)].sort(), entries[7]]).toEqual(['-top', ['-left', '-right'], '-root']);
    expect(entries.length).toBe(8);
  });

  kit.it('C52', 'a chain of 2 000 services starts and stops in the order of needs', async () => {
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
    expect([started, stopped]).toEqual([order, [...order].reverse()]);
  });

  kit.it('C52', 'the next phase waits for the functions of services', async () => {
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
    expect(journal.entries).toEqual(['db starts', 'during startup', 'db stops', 'during shutdown']);
  });

  kit.it('C52', 'plain triggers and services do not wait for each other; services are called first', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const [plain, db, http] = [journal.pends('plain'), journal.pends('db'), journal.pends('http')];
    reactor.on('startup', plain.trigger);
    const needs = [reactor.use({ name: 'db', startup: { during: db.trigger } })];
    reactor.use({ name: 'http', needs, startup: { during: http.trigger } });
    const ended = reactor.run();
    await plain.called;
    expect(journal.entries).toEqual(['db', 'plain']);
    db.resolve();
    await http.called;
    expect(journal.entries).toEqual(['db', 'plain', 'http']);
    http.resolve();
    plain.resolve();
    await settle();
    await reactor.stop();
    await ended;
  });
}
