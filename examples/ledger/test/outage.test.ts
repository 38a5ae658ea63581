import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';
import { allowDoubles, expectAllDoneOnce, expectNothingTwice } from './receipts.ts';
import { SteadyLoad } from './steady-load.ts';

jest.setTimeout(180_000);

const bin = findPostgres();

(bin === undefined ? describe.skip : describe)('a ledger whose PostgreSQL server goes away under load', () => {
  let program: Program;
  let postgres: PostgresServer;
  let database: string;
  let ledger: LedgerProcess;
  let url: string;
  let number = 0;

  beforeAll(async () => {
    program = await buildLedger();
    postgres = await startPostgres(bin!);
  });

  afterAll(async () => {
    await program.remove();
    await postgres.stop(true);
  });

  beforeEach(async () => {
    number += 1;
    database = await postgres.createDatabase(`ledger${number}`);
    await begin();
    await allowDoubles(database);
  });

  async function begin(): Promise<void> {
    ledger = program.start({ DATABASE_URL: database });
    url = await ledger.ready;
  }

  const readiness = async (): Promise<string> => {
    const { status, body } = await send('GET', `${url}/readyz`);
    return `${status} ${body}`;
  };

  async function untilReadinessIs(expected: string): Promise<void> {
    while ((await readiness()) !== expected) await sleep(20);
  }

  /** The ledger starts again on the same data: nothing is lost, and what was left to do is done, once. */
  async function expectWholeAfterwards({ acknowledged }: SteadyLoad): Promise<void> {
    await expectNothingTwice(database);
    await begin();
    await expectAllDoneOnce(database, acknowledged);
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  }

  const outages = [
    ['is killed and started again', () => postgres.kill(), () => postgres.start()],
    ['hangs for a while', () => postgres.pause(), () => postgres.resume()],
  ] as const;

  describe.each(outages)('that %s', (_name, end, endOutage) => {
    it('C59, C61: it becomes unready, comes back by itself, loses nothing and does nothing twice', async () => {
      const load = new SteadyLoad(url, 'load');
      await load.more(200);
      expect(await readiness()).toBe('200 ready\n');
      await end();
      await untilReadinessIs('503 down: entries\n');
      await ledger.prints('Service "receipts" failed: ');
      await load.until(() => load.failed > 0);
      const { status, body } = await send('GET', `${url}/readyz?verbose`);
      expect(status).toBe(503);
      expect(body).toMatch(/^\[-\] entries: started .*, affects readiness$/m);
      expect(body).toMatch(/^\[-\] receipts: /m);
      expect((await send('GET', `${url}/livez`)).status).toBe(200);
      await endOutage();
      await untilReadinessIs('200 ready\n');
      await load.more(200);
      await load.stop();
      expect(load.broken).toEqual([]);
      await expectAllDoneOnce(database, load.acknowledged);
      ledger.kill('SIGTERM');
      expect(await ledger.ended).toEqual({ code: 0, signal: null });
    });

    it('C70: SIGTERM in the middle ends it within its deadline, with a status that is not 0, and nothing is lost', async () => {
      const load = new SteadyLoad(url, 'load');
      await load.more(200);
      await end();
      await ledger.prints('Service "receipts" failed: ');
      ledger.kill('SIGTERM');
      const { code } = await ledger.ended;
      expect([1, 124]).toContain(code);
      await load.left();
      expect(ledger.output()).toContain('stopping: SIGTERM');
      await endOutage();
      await expectWholeAfterwards(load);
    });
  });
});
