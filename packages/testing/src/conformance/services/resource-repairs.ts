import { type OpenContext, type RestartOptions, resource } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { failedStart, startFully } from '../running.ts';
import { notingService } from '../sample-services.ts';
import { codeOf, codeThrownBy, rejectionOf } from '../thrown.ts';
import { promiseJobs, settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

const SOON = { delay: 1, maxDelay: 1, jitter: 0 } satisfies RestartOptions;
const LATE = { delay: 60_000, maxDelay: 60_000 } satisfies RestartOptions;
const CLOSED = 'ERR_TRIPHASE_RESOURCE_CLOSED';

/** Resources that are opened again: C71 after they failed to open, C72 after `lost()`. */
export function resourceRepairs(kit: Kit): void {
  retries(kit);
  losses(kit);
}

function retries(kit: Kit): void {
  const { expect } = kit;

  kit.it('C71', 'with retry a resource that fails to open is tried again, and the start waits', async () => {
    for (const fails of [throws, rejects]) {
      const reactor = kit.create();
      const journal = new Journal();
      const failing = fails('refused');
      let calls = 0;
      const open = (): unknown => (++calls < 3 ? failing() : 'open');
      const db = reactor.use(resource('db', open, undefined, { retry: SOON }));
      reactor.use(
        notingService('web', journal, { needs: [db], startup: { during: () => journal.entries.push('+web') } }),
      );
      const { ended } = await startFully(reactor);
      expect([calls, db.value, journal.entries]).toEqual([3, 'open', ['+web']]);
      await reactor.stop();
      expect((await ended).errors).toEqual([]);
    }
  });

  kit.it(
    'C71',
    'when the last attempt to open a resource fails, the start fails, and that error is reported once',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      let calls = 0;
      const open = (): never => throws(`refused ${String(++calls)}`)();
      reactor.use(resource('db', open, undefined, { retry: { ...SOON, giveUpAfter: 3 } }));
      const error = await failedStart(reactor);
      expect([error.result.reason.cause, record.errors]).toEqual(['refused 3', ['refused 3']]);
    },
  );

  kit.it('C71', 'the timeout of a resource with retry applies to all attempts together', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const retry = { ...SOON, giveUpAfter: Infinity };
    reactor.use(resource('db', rejects('refused'), undefined, { retry, timeout: 20 }));
    await rejectionOf(reactor.run());
    expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
  });

  kit.it('C71', 'stop() in the delay between two attempts to open a resource ends the start at once', async () => {
    const reactor = kit.create(recordErrors());
    const refused = deferred();
    let calls = 0;
    const open = (): never => {
      calls++;
      refused.resolve();
      return throws('refused')();
    };
    reactor.use(resource('db', open, mustNotRun, { retry: LATE }));
    const ended = reactor.run();
    await refused.promise;
    await promiseJobs();
    await reactor.stop({ kind: 'done' });
    const { left, reason } = await ended;
    expect([calls, left.timed, reason.kind]).toEqual([1, 0, 'done']);
  });
}

function losses(kit: Kit): void {
  const { expect } = kit;

  /** Returns an `open` function that keeps the context of each call in `opened`. The value is the number of calls. */
  function losable(opened: OpenContext[], journal: Journal): Parameters<typeof resource>[1] {
    return (context) => {
      journal.notes('opens')();
      return opened.push(context);
    };
  }

  kit.it(
    'C72',
    'after lost() a resource has no value, and the program stops with the reason service-failed',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const opened: OpenContext[] = [];
      const db = reactor.use(resource('db', losable(opened, new Journal())));
      const { ended } = await startFully(reactor);
      opened[0]?.lost('reset');
      expect(codeThrownBy(() => db.value)).toBe(CLOSED);
      const { reason, errors } = await ended;
      expect(reason).toEqual({ kind: 'service-failed', service: 'db', cause: 'reset' });
      expect([record.errors, errors.map(({ cause }) => cause)]).toEqual([['reset'], ['reset']]);
    },
  );

  kit.it('C72', 'after lost() with onFailure: ignore the program goes on, and the resource has no value', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const opened: OpenContext[] = [];
    const db = reactor.use(resource('db', losable(opened, new Journal()), undefined, { onFailure: 'ignore' }));
    await startFully(reactor);
    opened[0]?.lost('reset');
    await settle();
    expect([reactor.state, record.errors, codeThrownBy(() => db.value)]).toEqual(['running', ['reset'], CLOSED]);
    await reactor.stop();
  });

  kit.it(
    'C72',
    'after lost() with restart the resource is closed and opened again, and a further lost() of the old one has no effect',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const opened: OpenContext[] = [];
      const again = deferred();
      const open = losable(opened, journal);
      const db = reactor.use(
        resource(
          'db',
          (context) => {
            if (opened.length > 0) again.resolve();
            return open(context);
          },
          (value) => journal.entries.push(`closes ${String(value)}`),
          { restart: SOON },
        ),
      );
      await startFully(reactor);
      opened[0]?.lost('reset');
      opened[0]?.lost('only the first counts');
      await again.promise;
      await settle();
      opened[0]?.lost('late');
      await settle();
      expect([db.value, reactor.state]).toEqual([2, 'running']);
      await reactor.stop();
      expect(journal.entries).toEqual(['opens', 'closes 1', 'opens', 'closes 2']);
    },
  );

  kit.it('C72', 'lost() has no effect once stopping has begun', async () => {
    const reactor = kit.create();
    const opened: OpenContext[] = [];
    reactor.use(resource('db', losable(opened, new Journal())));
    await startFully(reactor);
    const ended = reactor.stop();
    opened[0]?.lost('reset');
    const { reason, errors } = await ended;
    expect([reason.kind, errors]).toEqual(['stop', []]);
  });
}
