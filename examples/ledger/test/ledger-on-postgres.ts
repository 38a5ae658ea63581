import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';
import { expectOneReceiptEach, expectNoDoubles } from './receipts.ts';
import type { EntryLoad } from './load.ts';

const bin = findPostgres();

/** `describe`, or `describe.skip` on a machine without PostgreSQL. */
export const describeWithPostgres: typeof describe.skip = bin === undefined ? describe.skip : describe;

/** A PostgreSQL server for the tests of a `describe`. Each test gets a new database, and can start ledgers on it. */
export class LedgerOnPostgres {
  #program!: Program;
  #postgres!: PostgresServer;
  #database!: string;
  #count = 0;

  /** Registers the hooks that start and end the server. So make it at the beginning of a `describe`. */
  constructor() {
    beforeAll(async () => {
      this.#program = await buildLedger();
      this.#postgres = await startPostgres(bin!);
    });
    afterAll(async () => {
      await this.#program.remove();
      await this.#postgres.stop(true);
    });
    beforeEach(async () => {
      this.#count += 1;
      this.#database = await this.#postgres.createDatabase(`ledger${this.#count}`);
    });
  }

  get postgres(): PostgresServer {
    return this.#postgres;
  }

  /** The URL of the database of this test. */
  get database(): string {
    return this.#database;
  }

  /** Starts a ledger. When it listens, resolves with the ledger and its address. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<[LedgerProcess, string]> {
    const ledger = this.#program.start({ DATABASE_URL: this.#database, ...environment });
    return [ledger, await ledger.ready];
  }

  /** Starts another ledger on the same data and waits until it has finished all jobs. Nothing was lost or done twice. Resolves with that ledger. */
  async expectNothingLost({ acknowledged }: EntryLoad): Promise<LedgerProcess> {
    await expectNoDoubles(this.#database);
    const [ledger] = await this.start();
    await expectOneReceiptEach(this.#database, acknowledged);
    return ledger;
  }
}

/** Sends SIGTERM, and expects the exit status 0. */
export async function expectStatus0(ledger: LedgerProcess): Promise<void> {
  ledger.kill('SIGTERM');
  expect(await ledger.ended).toEqual({ code: 0, signal: null });
}
