import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { post, send } from './http-client.ts';
import { describeWithPostgres } from './ledger-on-postgres.ts';
import { buildLedger } from './ledger-process.ts';
import type { Program } from './ledger-process.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';

jest.setTimeout(180_000);

const bin = findPostgres();

describeWithPostgres('a ledger that lost its data', () => {
  let program: Program;

  beforeAll(async () => {
    program = await buildLedger();
  });

  afterAll(() => program.remove());

  it('answers 500 when its PostgreSQL server has ended, goes on, and ends with 1, since it cannot check its entries', async () => {
    const postgres = await startPostgres(bin!);
    const ledger = program.start({ DATABASE_URL: await postgres.createDatabase('ledger') });
    const url = await ledger.ready;
    expect((await post(url, 'stored')).status).toBe(201);
    await postgres.stop(true);
    await ledger.prints('a connection to the database was lost');
    for (const reply of [await post(url, 'not stored'), await send('GET', `${url}/entries`)]) {
      expect(reply.status).toBe(500);
      expect(JSON.parse(reply.body)).toEqual({ error: expect.stringContaining('the ledger failed') as unknown });
    }
    expect((await send('GET', `${url}/livez`)).status).toBe(200);
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 1, signal: null });
    expect(ledger.output()).toContain('error in entries (shutdown, during)');
    expect(ledger.output()).not.toContain('acknowledged 1 entries');
  });

  it('ends with 1 and prints how many entries are missing when another program has deleted one', async () => {
    const postgres = await startPostgres(bin!);
    const database = await postgres.createDatabase('ledger');
    const ledger = program.start({ DATABASE_URL: database });
    const url = await ledger.ready;
    for (const text of ['one', 'two', 'three']) expect((await post(url, text)).status).toBe(201);
    const client = new Client({ connectionString: database });
    await client.connect();
    await client.query(`DELETE FROM entries WHERE text = 'two'`);
    await client.end();
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 1, signal: null });
    expect(ledger.output()).toContain('1 of 3 acknowledged entries are not stored');
    await postgres.stop();
  });
});
