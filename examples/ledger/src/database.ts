import { setImmediate } from 'node:timers/promises';

/** One row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A PostgreSQL database, embedded or on a server, with the operations that the ledger needs. */
export interface Database {
  /** Where the data is, for log lines. Has no password. */
  readonly place: string;
  /** Runs statements without parameters. Several statements are one transaction. */
  exec(sql: string): Promise<void>;
  /**
   * Runs one statement in a transaction of its own. When the promise resolves, the transaction is committed. If `signal` aborts before the
   * statement begins, the promise rejects with its reason, and nothing runs.
   */
  query(sql: string, parameters: readonly unknown[], signal?: AbortSignal): Promise<readonly Row[]>;
  /** Waits for the running statements, then closes. */
  close(): Promise<void>;
}

/**
 * Resolves in a later macrotask. A statement of the embedded database runs entirely in microtasks. So a loop of statements must call this in
 * between, or else no signal, socket or timer is handled until the loop ends.
 */
export async function yieldToLoop(): Promise<void> {
  await setImmediate();
}
