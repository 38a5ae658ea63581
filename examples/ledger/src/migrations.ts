import { yieldToLoop } from './database.ts';
import type { Database } from './database.ts';

/** In order. The first one is version 1. Never change a published migration; add another one. */
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

/** The key of a PostgreSQL lock: any number, but the same in every ledger. Two ledgers that start at once on one server take turns. */
const MIGRATION_LOCK = 5_146_001;

/**
 * Migrates the database to the newest version. Each migration has a transaction of its own.
 *
 * @throws Error if the database is newer than this program, or if `signal` has aborted between two migrations
 */
export async function migrate(database: Database, signal?: AbortSignal): Promise<void> {
  await database.exec(`
    SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
    CREATE TABLE IF NOT EXISTS ledger_migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  throwIfStopped(signal);
  const [row] = await database.query('SELECT coalesce(max(version), 0) AS version FROM ledger_migrations', []);
  const version = Number(row?.['version']);
  if (version > MIGRATIONS.length) {
    throw new Error(
      `the database is at version ${version}, newer than this program (${MIGRATIONS.length}): update the program`,
    );
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await database.exec(applyOnce(index + 1, sql));
    await yieldToLoop();
    throwIfStopped(signal);
  }
}

/** Throws if the ledger was stopped. Then the start of the service fails, so its shutdown triggers are not called. */
function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new Error('the ledger was stopped while it migrated the database', { cause: signal.reason });
}

/** Checks the version again under the lock: another ledger may have applied the migration in the meantime. */
const applyOnce = (version: number, sql: string): string => `
  SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
  DO $migration$ BEGIN
    IF NOT EXISTS (SELECT FROM ledger_migrations WHERE version = ${version}) THEN
      ${sql};
      INSERT INTO ledger_migrations (version) VALUES (${version});
    END IF;
  END $migration$`;
