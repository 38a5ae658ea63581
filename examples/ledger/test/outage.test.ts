import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './http-client.ts';
import { describeWithPostgres, expectStatus0, LedgerOnPostgres } from './ledger-on-postgres.ts';
import type { LedgerProcess } from './ledger-process.ts';
import { steadyLoad } from './load.ts';
import { allowDoubles, expectOneReceiptEach } from './receipts.ts';

jest.setTimeout(180_000);

describeWithPostgres('a ledger whose PostgreSQL server has an outage under load', () => {
  const ledgers = new LedgerOnPostgres();
  let ledger: LedgerProcess;
  let url: string;

  beforeEach(async () => {
    [ledger, url] = await ledgers.start();
    await allowDoubles(ledgers.database);
  });

  const readiness = async (): Promise<string> => {
    const { status, body } = await send('GET', `${url}/readyz`);
    return `${status} ${body}`;
  };

  async function untilReadinessIs(expected: string): Promise<void> {
    while ((await readiness()) !== expected) await sleep(20);
  }

  const outages = [
    {
      outage: 'the server is killed and started again',
      begin: () => ledgers.postgres.kill(),
      end: () => ledgers.postgres.start(),
    },
    {
      outage: 'the server hangs for a while',
      begin: () => ledgers.postgres.pause(),
      end: () => ledgers.postgres.resume(),
    },
  ];

  describe.each(outages)('$outage', ({ begin, end }) => {
    it('C59, C61: the ledger becomes unready, then ready again by itself, and loses and repeats nothing', async () => {
      const load = steadyLoad(url, 'load');
      await load.more(200);
      expect(await readiness()).toBe('200 ready\n');
      await begin();
      await untilReadinessIs('503 down: entries\n');
      await ledger.prints('Service "receipts" failed: ');
      await load.until(() => load.failed > 0);
      const { status, body } = await send('GET', `${url}/readyz?verbose`);
      expect(status).toBe(503);
      expect(body).toMatch(/^\[-\] entries: started .*, affects readiness$/m);
      expect(body).toMatch(/^\[-\] receipts: /m);
      expect((await send('GET', `${url}/livez`)).status).toBe(200);
      await end();
      await untilReadinessIs('200 ready\n');
      await load.more(200);
      await load.stop();
      expect(load.broken).toEqual([]);
      await expectOneReceiptEach(ledgers.database, load.acknowledged);
      await expectStatus0(ledger);
    });

    it('C70: SIGTERM during the outage ends the ledger within its deadline, with a status other than 0, and nothing is lost', async () => {
      const load = steadyLoad(url, 'load');
      await load.more(200);
      await begin();
      await ledger.prints('Service "receipts" failed: ');
      ledger.kill('SIGTERM');
      const { code } = await ledger.ended;
      expect([1, 124]).toContain(code);
      await load.left();
      expect(ledger.output()).toContain('stopping: SIGTERM');
      await end();
      await expectStatus0(await ledgers.expectNothingLost(load));
    });
  });
});
