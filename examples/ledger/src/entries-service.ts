import type { HealthAnswer, Phases, Resource, Service, StopReason } from '@triphase/core';
import { audit, type Audit } from './audit.ts';
import type { Database } from './database.ts';
import { EntryStore, type Entry } from './entry-store.ts';
import { IdRanges } from './id-ranges.ts';
import { migrate } from './migrations.ts';

/** The entries: migrated before anyone can ask for them, compared with what was acknowledged when nobody can ask any more. */
export class EntriesService implements Service {
  readonly name = 'entries';
  readonly needs: readonly Service[];
  /** Without its database the ledger can answer no request, so a balancer should send it none. */
  readonly affectsReadiness = true;
  readonly startup: Phases = { during: ({ signal }) => migrate(this.#database.value, signal) };
  readonly shutdown: Phases<StopReason> = {
    during: async ({ signal }) => {
      this.#audit = await audit(this.store, this.#acknowledged, signal);
    },
    after: () => {
      if (this.#audit !== undefined) conclude(this.#audit);
    },
  };

  /** The entries whose clients have been told that they are stored. */
  readonly #acknowledged = new IdRanges();
  readonly #database: Resource<Database>;
  #audit: Audit | undefined;

  constructor(database: Resource<Database>) {
    this.#database = database;
    this.needs = [database];
  }

  /** Asked by `/readyz`. Rejects when the database is away, which counts as down. */
  async health(): Promise<HealthAnswer> {
    await this.#database.value.query('SELECT 1', []);
    return 'up';
  }

  get store(): EntryStore {
    return new EntryStore(this.#database.value);
  }

  /**
   * Stores an entry, for a client that is told so next. Rejects with the reason of `signal` when the client cannot be told: nothing is
   * stored when it aborts before the statement begins, and nothing counts as acknowledged when it aborts later.
   */
  async append(text: string, signal: AbortSignal): Promise<Entry> {
    const entry = await this.store.append(text, signal);
    signal.throwIfAborted();
    // Before the answer leaves: nothing that a client has seen can be missing from the audit.
    this.#acknowledged.add(entry.id);
    return entry;
  }
}

/** Checks at the end that each acknowledged entry is stored. */
function conclude({ acknowledged, checked, stored }: Audit): void {
  if (stored < checked) throw new Error(`${checked - stored} of ${checked} acknowledged entries are not stored`);
  const unchecked = checked < acknowledged ? `, ${acknowledged - checked} not checked for lack of time` : '';
  console.log(`acknowledged ${acknowledged} entries, stored ${stored} of them${unchecked}`);
}
