import { sleep } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { failedStart, start } from '../running.ts';
import { codeOf } from '../thrown.ts';
import { atLeast } from '../time.ts';

/** Services that exceed a limit: C22, C52, C66. */
export function serviceLimits(kit: Kit): void {
  const { expect } = kit;

  kit.it('C66', 'a service that waited for one that hangs gets extra time at the limit of the phase', async () => {
    // 500 ms for a sleep of 1 ms: the machine may stall.
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
    expect(journal.entries).toEqual(['db is closed']);
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer']);
  });

  kit.it('C66', 'a service that waited and then hangs is abandoned when its own time is over', async () => {
    const moment = 20;
    const reactor = kit.create({ limits: { shutdown: { during: moment } }, onError: () => undefined });
    const hang = (): Promise<void> => deferred().promise;
    const db = reactor.use({ name: 'db', shutdown: { during: hang } });
    reactor.use({ name: 'consumer', needs: [db], shutdown: { during: hang } });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer', 'db']);
    expect(shutdown?.abandoned.every(({ age }) => atLeast(age, moment))).toBe(true);
  });

  kit.it('C66', 'the deadline also ends the extra time of a service that waited', async () => {
    const limits = { shutdown: { during: 20, deadline: 25 } };
    const reactor = kit.create({ limits, onError: () => undefined });
    const hang = (): Promise<void> => deferred().promise;
    const db = reactor.use({ name: 'db', shutdown: { during: hang } });
    reactor.use({ name: 'consumer', needs: [db], shutdown: { during: hang } });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    expect([shutdown?.escalated, shutdown?.abandoned.map(({ name }) => name)]).toEqual([true, ['consumer', 'db']]);
  });

  kit.it(
    'C22',
    'a service that exceeds the limit of its phase is abandoned, and the services that wait for it are called',
    async () => {
      const reactor = kit.create({ limits: { shutdown: { during: 20 } }, onError: () => undefined });
      const journal = new Journal();
      const db = reactor.use({ name: 'db', shutdown: { during: journal.notes('db') } });
      reactor.use({ name: 'http', needs: [db], shutdown: { during: () => deferred().promise } });
      await start(reactor);
      const { shutdown } = await reactor.stop();
      expect(journal.entries).toEqual(['db']);
      expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['http']);
      expect(shutdown?.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
    },
  );

  kit.it('C52', 'a service that exceeds its limit in startup ends the start, and is not stopped', async () => {
    const reactor = kit.create({ limits: { startup: { during: 20 } }, onError: () => undefined });
    reactor.use({
      name: 'db',
      startup: { during: () => deferred().promise },
      shutdown: { during: mustNotRun },
    });
    const { result } = await failedStart(reactor);
    expect(codeOf(result.reason.cause)).toBe('ERR_TRIPHASE_TRIGGER_TIMEOUT');
    expect(result.startup.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['service db']);
    expect(result.shutdown?.counts.during).toBe(0);
  });
}
