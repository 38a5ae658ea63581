import { type Service, type StopReason, addService, removeService } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal, areAborted } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start, startFully } from '../running.ts';
import { notingService } from '../sample-services.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { settle } from '../time.ts';

/** `addService` and `removeService`, while the reactor runs. C63 */
export function changingServices(kit: Kit): void {
  adding(kit);
  removing(kit);
}

function adding(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C63',
    'addService() runs the startup phases of a service, and the stop stops it before its needs',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use(notingService('db', journal));
      await startFully(reactor);
      const startup = {
        before: journal.notes('+tenant before'),
        during: journal.notes('+tenant'),
        after: journal.notes('+tenant after'),
      };
      const tenant = notingService('tenant', journal, { needs: [db], startup });
      expect(await addService(reactor, tenant)).toBe(tenant);
      await reactor.stop();
      expect(journal.entries).toEqual(['+db', '+tenant before', '+tenant', '+tenant after', '-tenant', '-db']);
    },
  );

  kit.it('C63', 'addService() while starting begins when the start is over', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const opening = journal.pends('+db');
    reactor.use(notingService('db', journal, { startup: { during: opening.trigger } }));
    reactor.on('startup', { after: journal.notes('after startup') });
    const ended = reactor.run();
    await opening.called;
    const added = addService(reactor, notingService('late', journal));
    await settle();
    expect(journal.entries).toEqual(['+db']);
    opening.resolve();
    await added;
    expect(journal.entries).toEqual(['+db', 'after startup', '+late']);
    await reactor.stop();
    await ended;
  });

  kit.it(
    'C63',
    'when a service fails to start, addService() rejects, the error is reported once, the program goes on, and the service may be added again',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const journal = new Journal();
      await startFully(reactor);
      let starts = 0;
      const owned = notingService('owned', journal);
      const tenant: Service = {
        name: 'tenant',
        attach: (app) => {
          app.use(owned);
        },
        startup: {
          during: async () => {
            if (++starts > 1) return;
            await settle();
            throw new Error('full');
          },
        },
        shutdown: { during: journal.notes('-tenant') },
      };
      await rejectionOf(addService(reactor, tenant));
      expect([record.errors.map(String), reactor.state]).toEqual([['Error: full'], 'running']);
      expect(journal.entries).toEqual(['+owned', '-owned']);
      await addService(reactor, tenant);
      const { errors } = await reactor.stop();
      expect([errors, journal.entries.slice(2).sort()]).toEqual([[], ['+owned', '-owned', '-tenant']]);
    },
  );

  kit.it('C63', 'addService() of a service that was used before resolves once it has started', async () => {
    const reactor = kit.create();
    const db = reactor.use(notingService('db', new Journal()));
    const added = addService(reactor, db);
    await startFully(reactor);
    expect(await added).toBe(db);
    expect(await addService(reactor, db)).toBe(db);
    await reactor.stop();
  });

  kit.it('C63', 'addService() rejects with the errors that use() throws', async () => {
    const reactor = kit.create();
    await startFully(reactor);
    const stranger: Service = { name: 'stranger' };
    const needing: Service = { name: 'needing', needs: [stranger] };
    expect(codeOf(await rejectionOf(addService(reactor, needing)))).toBe('ERR_TRIPHASE_SERVICE_GRAPH');
    const none = 5 as unknown as Service;
    expect((await rejectionOf(addService(reactor, none))) instanceof TypeError).toBe(true);
    await reactor.stop();
  });

  kit.it('C63', 'stop() ends an addService() that is pending, and the service is stopped', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    await startFully(reactor);
    const opening = journal.pends('+tenant');
    const startup = { before: opening.trigger, during: journal.notes('never') };
    const rejected = rejectionOf(addService(reactor, notingService('tenant', journal, { startup })));
    await opening.called;
    const ended = reactor.stop();
    expect(areAborted(opening)).toEqual([true]);
    opening.resolve();
    await rejected;
    await ended;
    expect(journal.entries).toEqual(['+tenant', '-tenant']);
  });

  kit.it(
    'C63',
    'addService() and removeService() reject with PhasePassedError once during shutdown has begun',
    async () => {
      const reactor = kit.create();
      const db = reactor.use(notingService('db', new Journal()));
      const codes: Promise<string>[] = [];
      const note = (promise: Promise<unknown>): void => void codes.push(rejectionOf(promise).then(codeOf));
      reactor.on('shutdown', {
        during: () => {
          note(addService(reactor, notingService('late', new Journal())));
          note(removeService(reactor, db));
        },
      });
      await startFully(reactor);
      await reactor.stop();
      expect(await Promise.all(codes)).toEqual(['ERR_TRIPHASE_PHASE_PASSED', 'ERR_TRIPHASE_PHASE_PASSED']);
    },
  );
}

function removing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C63', 'removeService() stops a service and all that need it, and removes them', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const details: StopReason[] = [];
    const db = reactor.use(notingService('db', journal));
    const cache = reactor.use(notingService('cache', journal, { needs: [db] }));
    reactor.use(
      notingService('web', journal, { needs: [cache], shutdown: { during: ({ detail }) => details.push(detail) } }),
    );
    await startFully(reactor);
    journal.entries.length = 0;
    await removeService(reactor, cache);
    expect([journal.entries, details]).toEqual([['-cache'], [{ kind: 'remove', service: 'cache' }]]);
    expect([reactor.describe().includes('cache'), reactor.describe().includes('db')]).toEqual([false, true]);
    await reactor.stop();
    expect([journal.entries, details.length]).toEqual([['-cache', '-db'], 1]);
  });

  kit.it('C63', 'removeService() also removes the services that attach() of the service has used', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const owned = notingService('owned', journal);
    const attach: Service['attach'] = (app) => {
      app.use(owned);
    };
    const tenant = reactor.use(notingService('tenant', journal, { attach }));
    await startFully(reactor);
    await removeService(reactor, tenant);
    expect([...journal.entries].sort()).toEqual(['+owned', '+tenant', '-owned', '-tenant']);
    await reactor.stop();
    expect(journal.entries.length).toBe(4);
  });

  kit.it('C63', 'when a service exceeds its limit, removeService() rejects and the program goes on', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const hang = (): Promise<void> => deferred().promise;
    const db = reactor.use({ name: 'db', timeout: { stop: 10 }, shutdown: { during: hang } });
    await startFully(reactor);
    const timeout = 'ERR_TRIPHASE_TRIGGER_TIMEOUT';
    expect(codeOf(await rejectionOf(removeService(reactor, db)))).toBe(timeout);
    expect(reactor.state).toBe('running');
    const { errors } = await reactor.stop();
    expect([record.errors.map(codeOf), errors.map(codeOf)]).toEqual([[timeout], [timeout]]);
  });

  kit.it('C63', 'addService() and removeService() reject with a TypeError for a foundation', async () => {
    const reactor = kit.create();
    const logging: Service = { name: 'logging', foundation: true, startup: { before: () => undefined } };
    reactor.use(logging);
    await start(reactor);
    const errors = [
      await rejectionOf(removeService(reactor, logging)),
      await rejectionOf(addService(reactor, { ...logging, name: 'tracing' })),
    ];
    expect(errors.map((error) => error instanceof TypeError)).toEqual([true, true]);
    await reactor.stop();
  });
}
