import { type Observer, type StopReason, type TriggerContext, background, restartService } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { startFully } from '../running.ts';
import { notingAllPhases, notingService } from '../sample-services.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** `restartService`: stops and starts a service while the reactor runs. C60 */
export function restartRequests(kit: Kit): void {
  restarting(kit);
  failedRestarts(kit);
  interruptedRestarts(kit);
}

function restarting(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C60',
    'restartService() runs all phases of shutdown, then of startup, of the service and of all that need it',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const other = reactor.use(notingAllPhases('other', journal));
      const db = reactor.use({ ...notingAllPhases('db', journal), needs: [other] });
      reactor.use({ ...notingAllPhases('web', journal), needs: [db] });
      await startFully(reactor);
      journal.entries.length = 0;
      await restartService(reactor, db);
      expect(journal.entries).toEqual([
        ...PHASES.flatMap((phase) => [`web ${phase} shutdown`, `db ${phase} shutdown`]),
        ...PHASES.flatMap((phase) => [`db ${phase} startup`, `web ${phase} startup`]),
      ]);
      expect(reactor.state).toBe('running');
      expect((await reactor.stop()).errors).toEqual([]);
    },
  );

  kit.it('C60', 'in a restart the detail of the shutdown functions names the restarted service', async () => {
    const reactor = kit.create();
    const details: StopReason[] = [];
    const shutdown = { during: ({ detail }: { readonly detail: StopReason }) => details.push(detail) };
    const db = reactor.use({ name: 'db', shutdown });
    reactor.use({ name: 'web', needs: [db], shutdown });
    await startFully(reactor);
    await restartService(reactor, db);
    const detail = { kind: 'restart', service: 'db' };
    expect(details).toEqual([detail, detail]);
    await reactor.stop();
  });

  kit.it('C60', 'a second restartService() during a restart of the service returns the same promise', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const db = reactor.use(notingService('db', journal));
    const stopping = journal.pends('web stops');
    reactor.use(notingService('web', journal, { needs: [db], shutdown: { during: stopping.trigger } }));
    await startFully(reactor);
    const first = restartService(reactor, db);
    expect(restartService(reactor, db) === first).toBe(true);
    await stopping.called;
    stopping.resolve();
    await first;
    expect(journal.entries).toEqual(['+db', '+web', 'web stops', '-db', '+db', '+web']);
    await reactor.stop();
  });

  kit.it('C60', 'restarts that share services run one after the other, others side by side', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const stopping = journal.pends('-web');
    const db = reactor.use(notingService('db', journal));
    const web = reactor.use(notingService('web', journal, { needs: [db], shutdown: { during: stopping.trigger } }));
    const cache = reactor.use(notingService('cache', journal));
    await startFully(reactor);
    journal.entries.length = 0;
    const first = restartService(reactor, web);
    const second = restartService(reactor, db);
    await restartService(reactor, cache);
    await settle();
    expect(journal.entries).toEqual(['-web', '-cache', '+cache']);
    stopping.resolve();
    await Promise.all([first, second]);
    expect(journal.entries.slice(3)).toEqual(['+web', '-web', '-db', '+db', '+web']);
    await reactor.stop();
  });

  kit.it('C60', 'an observer is told of both parts of a restart as firings, with the reason', async () => {
    const seen: string[] = [];
    const observer: Observer = {
      firing: (step, { event, reason }) => {
        if (reason !== undefined && step === 'start') seen.push(`${String(event)} ${reason.kind}`);
      },
    };
    const reactor = kit.create({ observer });
    const db = reactor.use(notingService('db', new Journal()));
    await startFully(reactor);
    await restartService(reactor, db);
    expect(seen).toEqual(['shutdown restart', 'startup restart']);
    await reactor.stop();
  });
}

function failedRestarts(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C60',
    'when the start fails in a restart, restartService() rejects, the error is reported once, and the program stops',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      let starts = 0;
      const db = reactor.use({
        name: 'db',
        startup: { during: () => (++starts > 1 ? throws('no port')() : undefined) },
      });
      const { ended } = await startFully(reactor);
      await rejectionOf(restartService(reactor, db));
      const { reason, errors } = await ended;
      expect(reason).toEqual({ kind: 'service-failed', service: 'db', cause: 'no port' });
      expect(record.errors).toEqual(['no port']);
      expect(errors.map(({ cause }) => cause)).toEqual(['no port']);
    },
  );

  kit.it(
    'C60',
    'when a shutdown function fails in a restart, that is reported and the service is started again',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const journal = new Journal();
      const fails = rejects('stuck');
      let stops = 0;
      const during = (): unknown => (++stops === 1 ? fails() : undefined);
      const db = reactor.use(notingService('db', journal, { shutdown: { during } }));
      await startFully(reactor);
      await restartService(reactor, db);
      expect([journal.entries, record.errors, reactor.state]).toEqual([['+db', '+db'], ['stuck'], 'running']);
      await reactor.stop();
    },
  );

  kit.it(
    'C60',
    'a shutdown function that exceeds its limit in a restart stops the program, and nothing is started twice',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const journal = new Journal();
      const hang = (): Promise<void> => deferred().promise;
      const db = reactor.use(notingService('db', journal, { timeout: { stop: 10 }, shutdown: { during: hang } }));
      const { ended } = await startFully(reactor);
      await rejectionOf(restartService(reactor, db));
      const { reason } = await ended;
      expect([reason.kind, journal.entries]).toEqual(['service-failed', ['+db']]);
      expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
    },
  );

  kit.it('C60', 'restartService() rejects unless the reactor runs, and for a service that was not used', async () => {
    const reactor = kit.create();
    const db = reactor.use(notingService('db', new Journal()));
    const codes = [codeOf(await rejectionOf(restartService(reactor, db)))];
    await startFully(reactor);
    codes.push(codeOf(await rejectionOf(restartService(reactor, { name: 'stranger' }))));
    await reactor.stop();
    codes.push(codeOf(await rejectionOf(restartService(reactor, db))));
    expect(codes).toEqual(['ERR_TRIPHASE_NOT_RUNNING', 'ERR_TRIPHASE_SERVICE_GRAPH', 'ERR_TRIPHASE_NOT_RUNNING']);
  });
}

function interruptedRestarts(kit: Kit): void {
  const { expect } = kit;

  kit.it('C60', 'stop() in the first part of a restart lets it finish, and nothing is started again', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const stopping = journal.pends('-db');
    const db = reactor.use(notingService('db', journal, { shutdown: { during: stopping.trigger } }));
    reactor.on('shutdown', { before: journal.notes('shutdown') });
    await startFully(reactor);
    const rejected = rejectionOf(restartService(reactor, db));
    await stopping.called;
    const ended = reactor.stop();
    await settle();
    await settle();
    expect(journal.entries).toEqual(['+db', '-db']);
    stopping.resolve();
    expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STOPPED');
    expect((await ended).errors).toEqual([]);
    expect(journal.entries).toEqual(['+db', '-db', 'shutdown']);
  });

  kit.it('C60', 'a crash rejects a restart, and the next run starts what the restart had stopped', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const db = reactor.use(notingService('db', journal));
    let starts = 0;
    const opening = journal.pends('+web');
    const during = (context: TriggerContext): unknown =>
      ++starts === 2 ? opening.trigger(context) : journal.entries.push('+web');
    reactor.use(notingService('web', journal, { needs: [db], startup: { during } }));
    const { ended } = await startFully(reactor);
    const rejected = rejectionOf(restartService(reactor, db));
    await opening.called;
    reactor.crash();
    await ended;
    await rejected;
    opening.resolve();
    journal.entries.length = 0;
    await startFully(reactor);
    expect(journal.entries).toEqual(['+web']);
    await reactor.stop();
    expect(journal.entries).toEqual(['+web', '-web', '-db']);
  });

  kit.it('C60', 'in a restart a background is told to stop, and called again when it has ended', async () => {
    const reactor = kit.create();
    const seen: string[] = [];
    const worker = background('worker', async ({ attempt, signal, stopped }) => {
      seen.push(`called ${String(attempt)}`);
      await stopped;
      await settle();
      seen.push(`ended ${(signal.reason as StopReason).kind}`); // as: C58 and C60
    });
    reactor.use(worker);
    await startFully(reactor);
    await restartService(reactor, worker);
    expect(seen).toEqual(['called 1', 'ended restart', 'called 1']);
    await reactor.stop();
    expect(seen.at(-1)).toBe('ended stop');
  });
}
