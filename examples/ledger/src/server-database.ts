import { Client, Pool } from 'pg';
import type { Database, Row } from './database.ts';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** Limits the time that a request or a shutdown waits for a server that doesn't answer. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** A database on a PostgreSQL server. */
export class ServerDatabase implements Database {
  readonly place: string;
  readonly #pool: Pool;

  private constructor(place: string, pool: Pool) {
    this.place = place;
    this.#pool = pool;
  }

  /** Opens a pool. It connects once, so that a wrong `url` rejects here. `onIdleError` is called when an idle connection is lost. */
  static async open(url: string, onIdleError: (error: Error) => void): Promise<ServerDatabase> {
    const place = placeOf(url);
    const pool = new Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      application_name: 'ledger',
    });
    pool.on('error', onIdleError);
    try {
      (await pool.connect()).release();
      return new ServerDatabase(place, pool);
    } catch (error) {
      await pool.end();
      throw new Error(`cannot connect to the database ${place}: ${reasonOf(error)}`, { cause: error });
    }
  }

  async exec(sql: string): Promise<void> {
    await this.#pool.query(sql);
  }

  async query(sql: string, parameters: readonly unknown[], signal?: AbortSignal): Promise<readonly Row[]> {
    const client = await this.#pool.connect();
    // When a connection breaks, the statement rejects. The `error` event comes too, and without a listener it would end the process.
    const ignoreError = (): void => undefined;
    client.on('error', ignoreError);
    let failure: unknown;
    try {
      signal?.throwIfAborted();
      return (await client.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.off('error', ignoreError);
      // After a failure the statement may still be running, so the connection is not used again.
      client.release(failure !== undefined);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Host, port and database of the URL, without the password. */
function placeOf(url: string): string {
  const { host, port, database = '' } = new Client({ connectionString: url });
  return `${database} at ${host}:${port}`;
}

/** The message of the error. A host with two addresses fails with an AggregateError, which has no message of its own. */
const reasonOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(reasonOf).join('; ')
    : error instanceof Error
      ? error.message
      : String(error);
