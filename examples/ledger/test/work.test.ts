import { expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { post, send } from './http-client.ts';
import { describeWithPostgres, expectStatus0, LedgerOnPostgres } from './ledger-on-postgres.ts';
import type { LedgerProcess } from './ledger-process.ts';
import { steadyLoad } from './load.ts';
import { runSql } from './postgres-server.ts';
import { allowDoubles, expectOneReceiptEach, ageClaimsByAnHour, countReceipts } from './receipts.ts';

jest.setTimeout(180_000);

describeWithPostgres('the receipts that a ledger writes in the background', () => {
  const ledgers = new LedgerOnPostgres();

  /** Sends SIGTERM. Expects the status 0, and that no job is claimed any more. */
  async function expectCleanEnd(ledger: LedgerProcess): Promise<void> {
    await expectStatus0(ledger);
    expect(await countReceipts(ledgers.database)).toMatchObject({ claimed: 0 });
  }

  it('C61: /readyz?verbose lists the writer of receipts and its gate', async () => {
    const [ledger, url] = await ledgers.start();
    const { status, body } = await send('GET', `${url}/readyz?verbose`);
    expect(status).toBe(200);
    const names = body
      .split('\n')
      .slice(1, -1)
      .map((line) => /^\[\+\] (\w+): started for /.exec(line)?.[1]);
    expect(names).toEqual(['database', 'entries', 'http', 'work', 'receipts']);
    expect(body).toMatch(/^\[\+\] work: .*, 0 running, 0 waiting$/m);
    await expectCleanEnd(ledger);
  });

  it('C62: SIGTERM under load: claimed jobs are finished, and the next ledger does the rest', async () => {
    const [ledger, url] = await ledgers.start();
    await allowDoubles(ledgers.database);
    const load = steadyLoad(url, 'load');
    await load.more(500);
    await expectCleanEnd(ledger);
    await load.left();
    expect(load.broken).toEqual([]);
    await expectCleanEnd(await ledgers.expectNothingLost(load));
  });

  it('C62: a stop gives back the jobs that take too long, with status 0', async () => {
    const [ledger, url] = await ledgers.start({ LEDGER_FAULT: 'slow-work' });
    const load = steadyLoad(url, 'load');
    await load.until(async () => (await countReceipts(ledgers.database)).claimed === 10);
    await expectCleanEnd(ledger);
    await load.left();
    expect(await countReceipts(ledgers.database)).toMatchObject({ receipts: 0, jobs: load.acknowledged.length });
    await expectCleanEnd(await ledgers.expectNothingLost(load));
  });

  it.each([
    { fault: 'crash-once', times: 1 },
    { fault: 'crash-three-times', times: 3 },
  ])(
    'C59: $fault: the writer is restarted $times times, and no job is lost or done twice',
    async ({ fault, times }) => {
      const [ledger, url] = await ledgers.start({ LEDGER_FAULT: fault });
      await allowDoubles(ledgers.database);
      const load = steadyLoad(url, 'load');
      await load.until(async () => (await countReceipts(ledgers.database)).receipts > 100);
      await load.stop();
      expect(load).toMatchObject({ failed: 0, broken: [] });
      await expectOneReceiptEach(ledgers.database, load.acknowledged);
      await expectCleanEnd(ledger);
      const restarts = ledger.output().match(/^.*Service "receipts" failed: LEDGER_FAULT=.*$/gm);
      expect(restarts).toHaveLength(times);
      expect(ledger.output()).not.toContain('error in');
    },
  );

  it('C59, C70: when the writer fails again and again, the ledger stops in order and ends with 1', async () => {
    const [ledger, url] = await ledgers.start({ LEDGER_FAULT: 'crash-forever', GIVE_UP_AFTER: '4' });
    const load = steadyLoad(url, 'load');
    expect(await ledger.ended).toEqual({ code: 1, signal: null });
    await load.left();
    expect(load).toMatchObject({ failed: 0, broken: [] });
    const count = load.acknowledged.length;
    expect(ledger.output().match(/Service "receipts" failed: .*; restarting in/g)).toHaveLength(3);
    expect(ledger.output()).toContain('stopping: service-failed\n');
    expect(ledger.output()).toContain(`acknowledged ${count} entries, stored ${count} of them\n`);
    await expectCleanEnd(await ledgers.expectNothingLost(load));
  });

  it('another ledger gives back the jobs of a killed ledger half a minute later', async () => {
    const [killed, url] = await ledgers.start({ LEDGER_FAULT: 'slow-work' });
    const load = steadyLoad(url, 'load');
    await load.until(async () => (await countReceipts(ledgers.database)).claimed === 10);
    killed.kill('SIGKILL');
    await killed.ended;
    await load.left();
    await runSql(ledgers.database, `UPDATE work SET claimed_at = claimed_at - interval '30 seconds'`);
    const [ledger] = await ledgers.start();
    await ledger.prints('gave back jobs that were claimed for too long: 10');
    await expectOneReceiptEach(ledgers.database, load.acknowledged);
    await expectCleanEnd(ledger);
  });

  it('C68: a stop waits for the current sweep, and then closes the database', async () => {
    const [first, url] = await ledgers.start({ LEDGER_FAULT: 'slow-work' });
    await post(url, 'x');
    while ((await countReceipts(ledgers.database)).claimed === 0);
    first.kill('SIGKILL');
    await first.ended;
    await ageClaimsByAnHour(ledgers.database);
    // The sweep waits for the row locks of this transaction.
    const blocker = new Client({ connectionString: ledgers.database });
    await blocker.connect();
    await blocker.query('BEGIN; SELECT FROM work FOR UPDATE');
    const [ledger] = await ledgers.start();
    const waitingSweeps = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%make_interval%'`;
    while ((await runSql<{ count: number }>(ledgers.database, waitingSweeps))[0]!.count === 0);
    ledger.kill('SIGTERM');
    await ledger.prints('still waiting for: sweep (before, ');
    await blocker.query('COMMIT');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
    expect(ledger.output()).toContain('gave back jobs that were claimed for too long: 1');
    expect(await countReceipts(ledgers.database)).toMatchObject({ claimed: 0, jobs: 1 });
    await blocker.end();
  });
});
