import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../src/entry-store.ts';
import { runSql } from './postgres-server.ts';

/** Entries by what became of their receipts. */
const BOOKS = `
  SELECT
    (SELECT count(*) FROM work)::int AS left,
    (SELECT count(*) FROM work WHERE claimed_by IS NOT NULL)::int AS claimed,
    (SELECT count(*) FROM receipts)::int AS written,
    (SELECT count(DISTINCT entry) FROM receipts)::int AS entries,
    (SELECT count(*) FROM entries e LEFT JOIN receipts r ON r.entry = e.id LEFT JOIN work w ON w.entry = e.id
      WHERE (r.entry IS NULL) = (w.entry IS NULL))::int AS wrong,
    (SELECT count(*) FROM entries e JOIN receipts r ON r.entry = e.id
      WHERE r.digest <> encode(sha256(convert_to(e.text, 'UTF8')), 'hex'))::int AS forged`;

interface Books {
  readonly left: number;
  readonly claimed: number;
  readonly written: number;
  readonly entries: number;
  /** Entries with neither a receipt nor a job, or with both. */
  readonly wrong: number;
  readonly forged: number;
}

export async function readBooks(database: string): Promise<Books> {
  return (await runSql<Books>(database, BOOKS))[0]!;
}

/** From now on a receipt that is written twice is stored twice, and seen: no key refuses the second one. */
export async function allowDoubles(database: string): Promise<void> {
  await runSql(database, 'ALTER TABLE receipts DROP CONSTRAINT receipts_pkey');
}

/** As if an hour had passed: the next sweep gives back what is claimed. */
export async function passAnHour(database: string): Promise<void> {
  await runSql(database, `UPDATE work SET claimed_at = claimed_at - interval '1 hour'`);
}

/** While a ledger runs: waits until no job is left, then compares. Each entry has one receipt, and those acknowledged are there. */
export async function expectAllDoneOnce(database: string, acknowledged: readonly Entry[]): Promise<void> {
  await passAnHour(database);
  while ((await readBooks(database)).left > 0) await sleep(50);
  await expectNothingTwice(database);
  const rows = await runSql<{ id: string; text: string }>(database, 'SELECT id, text FROM entries');
  const texts = new Map(rows.map(({ id, text }) => [Number(id), text]));
  expect(acknowledged.filter(({ id, text }) => texts.get(id) !== text)).toEqual([]);
  expect(await readBooks(database)).toMatchObject({ entries: rows.length });
}

/** Nothing was done twice, and nothing was lost: each entry has either its receipt or its job. */
export async function expectNothingTwice(database: string): Promise<void> {
  const { written, entries, wrong, forged } = await readBooks(database);
  expect({ doubles: written - entries, wrong, forged }).toEqual({ doubles: 0, wrong: 0, forged: 0 });
}
