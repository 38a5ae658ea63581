import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { listAll, post } from './http-client.ts';
import { describeWithPostgres } from './ledger-on-postgres.ts';
import { buildLedger } from './ledger-process.ts';
import type { Program } from './ledger-process.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';

jest.setTimeout(180_000);

/** The lock that each append takes (entry-store.ts). */
const APPEND_LOCK = 5_146_002;

const bin = findPostgres();

describeWithPostgres('a ledger whose PostgreSQL server does not answer in time', () => {
  let program: Program;

  beforeAll(async () => {
    program = await buildLedger();
  });

  afterAll(() => program.remove());

  it('N17, N18: the log names the requests that the stop cuts; they are not acknowledged, and each acknowledged entry is stored', async () => {
    const postgres = await startPostgres(bin!);
    const database = await postgres.createDatabase('ledger');
    const ledger = program.start({ DATABASE_URL: database, SHUTDOWN_DEADLINE_MS: '4000' });
    const url = await ledger.ready;
    const first = JSON.parse((await post(url, 'acknowledged')).body) as unknown;
    const blocker = new Client({ connectionString: database });
    await blocker.connect();
    await blocker.query(`SELECT pg_advisory_lock(${APPEND_LOCK})`);
    const posts = Promise.allSettled(Array.from({ length: 5 }, (_, n) => post(url, `blocked ${n}`)));
    const waitingAppends = `SELECT count(*) AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
    while (Number((await blocker.query<{ count: string }>(waitingAppends)).rows[0]!.count) < 5);
    ledger.kill('SIGTERM');
    // The statements wait for the lock, so the database cannot close before the deadline.
    expect(await ledger.ended).toEqual({ code: 124, signal: null });
    expect((await posts).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect(ledger.output()).toContain('Service "http" cut 5 requests at the limit of the phase: POST /entries (');
    expect(ledger.output()).toContain('acknowledged 1 entries, stored 1 of them\n');
    await blocker.end();
    const next = program.start({ DATABASE_URL: database });
    expect(await listAll(await next.ready)).toContainEqual(first);
    next.kill('SIGTERM');
    expect(await next.ended).toEqual({ code: 0, signal: null });
    await postgres.stop();
  });
});
