import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../src/entry-store.ts';
import { runSql } from './postgres-server.ts';

/** Counts jobs, receipts and mistakes in the database of a ledger. */
const COUNTS = `
  SELECT
    (SELECT count(*) FROM work)::int AS jobs,
    (SELECT count(*) FROM work WHERE claimed_by IS NOT NULL)::int AS claimed,
    (SELECT count(*) FROM receipts)::int AS receipts,
    (SELECT count(DISTINCT entry) FROM receipts)::int AS entries,
    (SELECT count(*) FROM entries e LEFT JOIN receipts r ON r.entry = e.id LEFT JOIN work w ON w.entry = e.id
      WHERE (r.entry IS NULL) = (w.entry IS NULL))::int AS inconsistent,
    (SELECT count(*) FROM entries e JOIN receipts r ON r.entry = e.id
      WHERE r.digest <> encode(sha256(convert_to(e.text, 'UTF8')), 'hex'))::int AS "wrongDigests"`;

interface Counts {
  /** Jobs that are not finished. */
  readonly jobs: number;
  /** Jobs that a ledger has claimed. */
  readonly claimed: number;
  readonly receipts: number;
  /** Entries that have a receipt. */
  readonly entries: number;
  /** Entries with neither a receipt nor a job, or with both. */
  readonly inconsistent: number;
  /** Receipts whose digest is not that of the entry. */
  readonly wrongDigests: number;
}

export async function countReceipts(database: string): Promise<Counts> {
  return (await runSql<Counts>(database, COUNTS))[0]!;
}

/** Removes the primary key of the receipts, so that a receipt that is written twice is stored twice, and a test can count it. */
export async function allowDoubles(database: string): Promise<void> {
  await runSql(database, 'ALTER TABLE receipts DROP CONSTRAINT receipts_pkey');
}

/** Makes all claims one hour older, so that the next sweep gives back the jobs. */
export async function ageClaimsByAnHour(database: string): Promise<void> {
  await runSql(database, `UPDATE work SET claimed_at = claimed_at - interval '1 hour'`);
}

/** Waits until a running ledger has finished all jobs. Then each entry has one receipt, and each acknowledged entry is stored. */
export async function expectOneReceiptEach(database: string, acknowledged: readonly Entry[]): Promise<void> {
  await ageClaimsByAnHour(database);
  while ((await countReceipts(database)).jobs > 0) await sleep(50);
  await expectNoDoubles(database);
  const rows = await runSql<{ id: string; text: string }>(database, 'SELECT id, text FROM entries');
  const texts = new Map(rows.map(({ id, text }) => [Number(id), text]));
  expect(acknowledged.filter(({ id, text }) => texts.get(id) !== text)).toEqual([]);
  expect(await countReceipts(database)).toMatchObject({ entries: rows.length });
}

/** No receipt was written twice or lost: each entry has either a receipt or a job. */
export async function expectNoDoubles(database: string): Promise<void> {
  const { receipts, entries, inconsistent, wrongDigests } = await countReceipts(database);
  expect({ doubles: receipts - entries, inconsistent, wrongDigests }).toEqual({
    doubles: 0,
    inconsistent: 0,
    wrongDigests: 0,
  });
}
