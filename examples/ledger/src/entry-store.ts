import type { Database, Row } from './database.ts';
import type { IdRange } from './id-ranges.ts';

/** One line of the ledger. Ids ascend, never come twice, and may leave gaps. */
export interface Entry {
  readonly id: number;
  readonly text: string;
}

/** Any number, the same in every ledger. */
const APPEND_LOCK = 5_146_002;

/**
 * The lock is held until the commit, so entries appear in the order of their ids: who reads on after the last id that it has
 * seen never passes over an entry that was still being committed. The job to write its receipt is stored with it: both or neither.
 */
const APPEND = `
  WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(${APPEND_LOCK})),
    entry AS (INSERT INTO entries (text) SELECT $1 FROM turn RETURNING id),
    job AS (INSERT INTO work (entry) SELECT id FROM entry)
  SELECT id FROM entry`;

const PAGE = 'SELECT id, text FROM entries WHERE id > $1 ORDER BY id LIMIT $2';
const LAST_ID = 'SELECT id FROM entries ORDER BY id DESC LIMIT 1';
const COUNT = 'SELECT count(*) AS count FROM entries WHERE id BETWEEN $1 AND $2';

/** The entries, kept in a database that is open and migrated. */
export class EntryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Resolves when the entry is committed. A rejection says nothing about it: a connection can break after the commit. When `signal` aborts
   * before the statement begins, it rejects with the reason, and nothing is stored.
   */
  async append(text: string, signal?: AbortSignal): Promise<Entry> {
    const [row] = await this.#database.query(APPEND, [text], signal);
    if (row === undefined) throw new Error('the database stored no entry');
    return { id: idOf(row), text };
  }

  /** Up to `limit` entries with an id above `after`, in the order of their ids. */
  async page(after: number, limit: number): Promise<readonly Entry[]> {
    const rows = await this.#database.query(PAGE, [after, limit]);
    return rows.map((row) => ({ id: idOf(row), text: String(row['text']) }));
  }

  /** The id of the newest entry, 0 when there is none. */
  async lastId(): Promise<number> {
    const [row] = await this.#database.query(LAST_ID, []);
    return row === undefined ? 0 : idOf(row);
  }

  /** How many entries have an id within the range. */
  async count(range: IdRange): Promise<number> {
    const [row] = await this.#database.query(COUNT, [range.first, range.last]);
    return Number(row?.['count']);
  }
}

/** A bigint comes as a string, a number or a bigint, as the database's client likes; a ledger stays far below 2^53. */
const idOf = (row: Row): number => Number(row['id']);
