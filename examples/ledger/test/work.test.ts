import { expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { post, send } from './http-client.ts';
import { describeWithPostgres, expectStatus0, LedgerOnPostgres } from './ledger-on-postgres.ts';
import type { LedgerProcess } from './ledger-process.ts';
import { steadyLoad } from './load.ts';
import { runSql } from './postgres-server.ts';
import { allowDoubles, expectAllDoneOnce, passAnHour, readBooks } from './receipts.ts';

jest.setTimeout(180_000);

describeWithPostgres('the receipts that a ledger writes in the background', () => {
  const setUp = new LedgerOnPostgres();

  /** It ends with status 0, and has given back every job. */
  async function expectCleanEnd(ledger: LedgerProcess): Promise<void> {
    await expectStatus0(ledger);
    expect(await readBooks(setUp.database)).toMatchObject({ claimed: 0 });
  }

  it('C61: the probe lists the writer and its gate', async () => {
    const [ledger, url] = await setUp.begin();
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

  it('C62: SIGTERM under load: what was claimed is finished, the rest is done by the next ledger', async () => {
    const [ledger, url] = await setUp.begin();
    await allowDoubles(setUp.database);
    const load = steadyLoad(url, 'load');
    await load.more(500);
    await expectCleanEnd(ledger);
    await load.left();
    expect(load.broken).toEqual([]);
    await expectCleanEnd(await setUp.expectNothingLost(load));
  });

  it('C62: what takes too long at a stop is given back, and the stop is a clean one', async () => {
    const [ledger, url] = await setUp.begin({ LEDGER_FAULT: 'slow-work' });
    const load = steadyLoad(url, 'load');
    await load.until(async () => (await readBooks(setUp.database)).claimed === 10);
    await expectCleanEnd(ledger);
    await load.left();
    expect(await readBooks(setUp.database)).toMatchObject({ written: 0, left: load.acknowledged.length });
    await expectCleanEnd(await setUp.expectNothingLost(load));
  });

  it.each([
    { fault: 'crash-once', times: 1 },
    { fault: 'crash-three-times', times: 3 },
  ])(
    'C59: $fault, with jobs claimed: it is restarted each time, and nothing is lost or done twice',
    async ({ fault, times }) => {
      const [ledger, url] = await setUp.begin({ LEDGER_FAULT: fault });
      await allowDoubles(setUp.database);
      const load = steadyLoad(url, 'load');
      await load.until(async () => (await readBooks(setUp.database)).written > 100);
      await load.stop();
      expect(load).toMatchObject({ failed: 0, broken: [] });
      await expectAllDoneOnce(setUp.database, load.acknowledged);
      await expectCleanEnd(ledger);
      const restarts = ledger.output().match(/^.*Service "receipts" failed: LEDGER_FAULT=.*$/gm);
      expect(restarts).toHaveLength(times);
      expect(ledger.output()).not.toContain('error in');
    },
  );

  it('C59, C70: when it crashes for ever, the ledger gives up, stops in order and ends with 1', async () => {
    const [ledger, url] = await setUp.begin({ LEDGER_FAULT: 'crash-forever', GIVE_UP_AFTER: '4' });
    const load = steadyLoad(url, 'load');
    expect(await ledger.ended).toEqual({ code: 1, signal: null });
    await load.left();
    expect(load).toMatchObject({ failed: 0, broken: [] });
    const count = load.acknowledged.length;
    expect(ledger.output().match(/Service "receipts" failed: .*; restarting in/g)).toHaveLength(3);
    expect(ledger.output()).toContain('stopping: service-failed\n');
    expect(ledger.output()).toContain(`acknowledged ${count} entries, stored ${count} of them\n`);
    await expectCleanEnd(await setUp.expectNothingLost(load));
  });

  it('the jobs of a ledger that was killed are given back by another one, half a minute later', async () => {
    const [killed, url] = await setUp.begin({ LEDGER_FAULT: 'slow-work' });
    const load = steadyLoad(url, 'load');
    await load.until(async () => (await readBooks(setUp.database)).claimed === 10);
    killed.kill('SIGKILL');
    await killed.ended;
    await load.left();
    await runSql(setUp.database, `UPDATE work SET claimed_at = claimed_at - interval '30 seconds'`);
    const [ledger] = await setUp.begin();
    await ledger.prints('gave back jobs that were claimed for too long: 10');
    await expectAllDoneOnce(setUp.database, load.acknowledged);
    await expectCleanEnd(ledger);
  });

  it('C68: a stop waits for the sweep that is under way, and then closes the database', async () => {
    const [first, url] = await setUp.begin({ LEDGER_FAULT: 'slow-work' });
    await post(url, 'x');
    while ((await readBooks(setUp.database)).claimed === 0);
    first.kill('SIGKILL');
    await first.ended;
    await passAnHour(setUp.database);
    // The sweep waits for this lock.
    const blocker = new Client({ connectionString: setUp.database });
    await blocker.connect();
    await blocker.query('BEGIN; SELECT FROM work FOR UPDATE');
    const [ledger] = await setUp.begin();
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%make_interval%'`;
    while ((await runSql<{ count: number }>(setUp.database, waiting))[0]!.count === 0);
    ledger.kill('SIGTERM');
    await ledger.prints('still waiting for: sweep (before, ');
    await blocker.query('COMMIT');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
    expect(ledger.output()).toContain('gave back jobs that were claimed for too long: 1');
    expect(await readBooks(setUp.database)).toMatchObject({ claimed: 0, left: 1 });
    await blocker.end();
  });
});
