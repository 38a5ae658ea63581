import type { Phases, Resource, Service, StopReason } from '@triphase/core';
import { audit, type Audit } from './audit.ts';
import type { Database } from './database.ts';
import { EntryStore } from './entry-store.ts';
import { IdRanges } from './id-ranges.ts';
import { migrate } from './migrations.ts';

/** The entries: migrated before anyone can ask for them, compared with what was acknowledged when nobody can ask any more. */
export class EntriesService implements Service {
  readonly name = 'entries';
  readonly needs: readonly Service[];
  readonly startup: Phases = { during: ({ signal }) => migrate(this.#database.value, signal) };
  readonly shutdown: Phases<StopReason> = {
    during: async ({ signal }) => {
      this.#audit = await audit(this.store, this.acknowledged, signal);
    },
    after: () => {
      if (this.#audit !== undefined) conclude(this.#audit);
    },
  };
  /** The entries whose clients have been told that they are stored. */
  readonly acknowledged = new IdRanges();

  readonly #database: Resource<Database>;
  #audit: Audit | undefined;

  constructor(database: Resource<Database>) {
    this.#database = database;
    this.needs = [database];
  }

  get store(): EntryStore {
    return new EntryStore(this.#database.value);
  }
}

/** The last word on what the ledger is for: each entry that was acknowledged is there. */
function conclude({ acknowledged, checked, stored }: Audit): void {
  if (stored < checked) throw new Error(`${checked - stored} of ${checked} acknowledged entries are not stored`);
  const unchecked = checked < acknowledged ? `, ${acknowledged - checked} not checked for lack of time` : '';
  console.log(`acknowledged ${acknowledged} entries, stored ${stored} of them${unchecked}`);
}
