import type { Resource } from '@triphase/core';
import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

/** A job: the entry that needs a receipt. */
export interface Job {
  readonly id: number;
  readonly text: string;
}

/** A job that is claimed for longer is given back: its ledger has ended or could not finish it. Longer than the timeout of a statement. Seconds. */
const CLAIM_TIMEOUT_S = 30;

/** Ledgers that claim at the same time get different jobs, because each skips the rows that another has locked. */
const CLAIM = `
  WITH next AS MATERIALIZED (
    SELECT entry FROM work WHERE claimed_by IS NULL ORDER BY entry LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE work SET claimed_by = $1, claimed_at = now()
  FROM next JOIN entries ON entries.id = next.entry
  WHERE work.entry = next.entry
  RETURNING work.entry AS id, entries.text`;

/** Removes the job and stores the receipt in one statement, so that both are committed or neither. Does nothing if the job is no longer claimed by `$1`. */
const FINISH = `
  WITH finished AS (DELETE FROM work WHERE entry = $2 AND claimed_by = $1 RETURNING entry)
  INSERT INTO receipts (entry, digest) SELECT entry, $3 FROM finished`;

const GIVE_BACK = 'UPDATE work SET claimed_by = NULL WHERE entry = $2 AND claimed_by = $1';

const SWEEP = `
  UPDATE work SET claimed_by = NULL
  WHERE claimed_by IS NOT NULL AND claimed_at < now() - make_interval(secs => ${CLAIM_TIMEOUT_S})
  RETURNING entry`;

/**
 * The jobs for receipts that are not written yet, in the table `work`. The statement that stores an entry adds its job. A job is claimed,
 * and then finished or given back.
 */
export class WorkQueue {
  readonly #database: Resource<Database>;
  /** Marks the claims of this queue: no other queue can finish them or give them back. */
  readonly #owner = randomUUID();

  constructor(database: Resource<Database>) {
    this.#database = database;
  }

  /** Claims up to `limit` jobs, of the oldest entries. */
  async claim(limit: number): Promise<readonly Job[]> {
    const rows = await this.#database.value.query(CLAIM, [this.#owner, limit]);
    return rows.map((row) => ({ id: Number(row['id']), text: String(row['text']) }));
  }

  /** Stores the receipt and removes the job. If `signal` aborts before the statement begins, it rejects with the reason of the signal. */
  async finish({ id }: Job, digest: string, signal?: AbortSignal): Promise<void> {
    await this.#database.value.query(FINISH, [this.#owner, id, digest], signal);
  }

  /** Releases the claim, so that any ledger can claim the job. */
  async giveBack({ id }: Job): Promise<void> {
    await this.#database.value.query(GIVE_BACK, [this.#owner, id]);
  }

  /** Gives back all jobs that any ledger has claimed for too long. Returns their number. */
  async sweep(): Promise<number> {
    return (await this.#database.value.query(SWEEP, [])).length;
  }
}
