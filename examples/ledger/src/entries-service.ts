import type { HealthAnswer, Phases, Resource, Service, StopReason } from '@triphase/core';
import { audit, type Audit } from './audit.ts';
import type { Database } from './database.ts';
import { EntryStore, type Entry } from './entry-store.ts';
import { IdRanges } from './id-ranges.ts';
import { migrate } from './migrations.ts';

/** The entries. It migrates the database before the server listens, and checks the acknowledged entries after the server has closed. */
export class EntriesService implements Service {
  readonly name = 'entries';
  readonly needs: readonly Service[];
  /** Without its database the ledger can answer no request, so a balancer should send it no requests. */
  readonly affectsReadiness = true;
  readonly startup: Phases = { during: ({ signal }) => migrate(this.#database.value, signal) };
  readonly shutdown: Phases<StopReason> = {
    during: async ({ signal }) => {
      this.#audit = await audit(this.store, this.#acknowledged, signal);
    },
    after: () => {
      if (this.#audit !== undefined) reportAudit(this.#audit);
    },
  };

  /** The ids of the entries whose clients were told that they are stored. */
  readonly #acknowledged = new IdRanges();
  readonly #database: Resource<Database>;
  #audit: Audit | undefined;

  constructor(database: Resource<Database>) {
    this.#database = database;
    this.needs = [database];
  }

  /** `/readyz` calls this. A rejection counts as down: the database does not answer. */
  async health(): Promise<HealthAnswer> {
    await this.#database.value.query('SELECT 1', []);
    return 'up';
  }

  get store(): EntryStore {
    return new EntryStore(this.#database.value);
  }

  /**
   * Stores an entry; the caller then acknowledges it to the client. `signal` aborts when the client can no longer be answered; `append` then
   * rejects with the reason of the signal. If it aborts before the statement begins, the entry is not stored. If it aborts later, the entry
   * may be stored, but does not count as acknowledged.
   */
  async append(text: string, signal: AbortSignal): Promise<Entry> {
    const entry = await this.store.append(text, signal);
    signal.throwIfAborted();
    // Before the answer is sent, so that the audit checks every entry that a client may know of.
    this.#acknowledged.add(entry.id);
    return entry;
  }
}

/** Prints the result of the audit. Throws if an entry is missing, so that the exit status is 1. */
function reportAudit({ acknowledged, checked, stored }: Audit): void {
  if (stored < checked) throw new Error(`${checked - stored} of ${checked} acknowledged entries are not stored`);
  const unchecked = checked < acknowledged ? `, ${acknowledged - checked} not checked for lack of time` : '';
  console.log(`acknowledged ${acknowledged} entries, stored ${stored} of them${unchecked}`);
}
