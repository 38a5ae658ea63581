import { setImmediate } from 'node:timers/promises';

/** One row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** All that the ledger asks of PostgreSQL, embedded or a server. */
export interface Database {
  /** For people: where the data is, without a password. */
  readonly place: string;
  /** Runs statements without parameters; several are one transaction. */
  exec(sql: string): Promise<void>;
  /**
   * Runs one statement, in a transaction of its own: when it has resolved, what it wrote is committed. When `signal` aborts before the
   * statement begins, it rejects with the reason and runs nothing.
   */
  query(sql: string, parameters: readonly unknown[], signal?: AbortSignal): Promise<readonly Row[]>;
  /** Waits for the statements under way, then closes. */
  close(): Promise<void>;
}

/**
 * Resolves in a later macrotask. Awaiting the embedded database never leaves the microtasks, so whoever runs one statement
 * after another must let the loop in between: signals, sockets and timers wait until then.
 */
export async function letOthersRun(): Promise<void> {
  await setImmediate();
}
