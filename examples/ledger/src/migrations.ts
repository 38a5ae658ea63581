import { letOthersRun } from './database.ts';
import type { Database } from './database.ts';

/** In order; one that has been published is never changed again. Its version is its place, from 1. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     text text NOT NULL CHECK (text <> '')
   )`,
  `ALTER TABLE entries ADD COLUMN stored_at timestamptz NOT NULL DEFAULT now()`,
  `CREATE TABLE receipts (
     entry bigint PRIMARY KEY REFERENCES entries ON DELETE CASCADE,
     digest text NOT NULL,
     written_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE TABLE work (
     entry bigint PRIMARY KEY REFERENCES entries ON DELETE CASCADE,
     claimed_by uuid,
     claimed_at timestamptz
   );
   INSERT INTO work (entry) SELECT id FROM entries`,
];

/** Any number, the same in every ledger: two that start at once on one server take turns. */
const MIGRATION_LOCK = 5_146_001;

/**
 * Brings the database to the newest version, each migration in a transaction of its own.
 *
 * @throws Error when the database is newer than this program, which must then leave it alone; and between two migrations when
 * `signal` has aborted
 */
export async function migrate(database: Database, signal?: AbortSignal): Promise<void> {
  await database.exec(`
    SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
    CREATE TABLE IF NOT EXISTS ledger_migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  stopWhenTold(signal);
  const [row] = await database.query('SELECT coalesce(max(version), 0) AS version FROM ledger_migrations', []);
  const version = Number(row?.['version']);
  if (version > MIGRATIONS.length) {
    throw new Error(
      `the database is at version ${version}, newer than this program (${MIGRATIONS.length}): update the program`,
    );
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await database.exec(once(index + 1, sql));
    await letOthersRun();
    stopWhenTold(signal);
  }
}

/** What is not migrated has not started: nothing of the service may be called at the stop. */
function stopWhenTold(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new Error('the ledger was stopped while it migrated the database', { cause: signal.reason });
}

/** Asks again under the lock: another ledger may have been faster. */
const once = (version: number, sql: string): string => `
  SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
  DO $migration$ BEGIN
    IF NOT EXISTS (SELECT FROM ledger_migrations WHERE version = ${version}) THEN
      ${sql};
      INSERT INTO ledger_migrations (version) VALUES (${version});
    END IF;
  END $migration$`;
