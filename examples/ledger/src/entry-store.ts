import type { Database, Row } from './database.ts';
import type { IdRange } from './id-ranges.ts';

/** One entry of the ledger. Ids ascend and are unique; there may be gaps. */
export interface Entry {
  readonly id: number;
  readonly text: string;
}

/** The key of a PostgreSQL lock: any number, but the same in every ledger. */
const APPEND_LOCK = 5_146_002;

/**
 * The lock is held until the commit, so entries become visible in the order of their ids. A client that asks for the entries after its last id
 * therefore misses none. The same statement stores the job to write the receipt, so that both are stored or neither.
 */
const APPEND = `
  WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(${APPEND_LOCK})),
    entry AS (INSERT INTO entries (text) SELECT $1 FROM turn RETURNING id),
    job AS (INSERT INTO work (entry) SELECT id FROM entry)
  SELECT id FROM entry`;

const PAGE = 'SELECT id, text FROM entries WHERE id > $1 ORDER BY id LIMIT $2';
const LAST_ID = 'SELECT id FROM entries ORDER BY id DESC LIMIT 1';
const COUNT = 'SELECT count(*) AS count FROM entries WHERE id BETWEEN $1 AND $2';

/** Reads and writes entries. The database must be open and migrated. */
export class EntryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Resolves when the entry is committed. After a rejection the entry may be stored or not: a connection can break after the commit. If
   * `signal` aborts before the statement begins, it rejects with the reason of the signal, and nothing is stored.
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

  /** The id of the newest entry, or 0 if there is none. */
  async lastId(): Promise<number> {
    const [row] = await this.#database.query(LAST_ID, []);
    return row === undefined ? 0 : idOf(row);
  }

  /** Number of entries whose id is in the range. */
  async count(range: IdRange): Promise<number> {
    const [row] = await this.#database.query(COUNT, [range.first, range.last]);
    return Number(row?.['count']);
  }
}

/** The client of the database returns a bigint as a string, a number or a bigint. An id never reaches 2^53. */
const idOf = (row: Row): number => Number(row['id']);
