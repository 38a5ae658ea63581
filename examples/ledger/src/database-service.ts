import type { Phases, Service, StopReason } from '@triphase/core';
import { audit } from './audit.ts';
import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { EntryStore } from './entry-store.ts';
import { IdRanges } from './id-ranges.ts';
import { migrate } from './migrations.ts';
import { ServerDatabase } from './server-database.ts';
import type { DatabaseSetting } from './settings.ts';
import type { SettingsService } from './settings-service.ts';

/** The database: open and migrated before anyone can ask for it, closed when nobody can ask any more. */
export class DatabaseService implements Service {
  readonly name = 'database';
  readonly needs: readonly Service[];
  readonly startup: Phases = { before: () => this.#start() };
  readonly shutdown: Phases<StopReason> = { after: ({ signal }) => this.#finish(signal) };
  /** The entries whose clients have been told that they are stored. */
  readonly acknowledged = new IdRanges();

  readonly #settings: SettingsService;
  #database: Database | undefined;

  constructor(settings: SettingsService) {
    this.#settings = settings;
    this.needs = [settings];
  }

  /** The entries; only between the two ends of the service. */
  get store(): EntryStore {
    return new EntryStore(this.#opened());
  }

  async #start(): Promise<void> {
    const setting = this.#settings.value.database;
    if (setting.kind === 'embedded') console.log(`opening ${setting.folder} (a new database takes a few seconds)`);
    const database = await open(setting);
    try {
      await migrate(database);
    } catch (error) {
      await database.close();
      throw error;
    }
    this.#database = database;
    console.log(`entries are kept in ${database.place}`);
  }

  async #finish(signal: { readonly aborted: boolean }): Promise<void> {
    const database = this.#opened();
    try {
      await this.#compare(signal);
    } finally {
      this.#database = undefined;
      await database.close();
    }
  }

  /** The last word on what the ledger is for: each entry that was acknowledged is there. */
  async #compare(signal: { readonly aborted: boolean }): Promise<void> {
    const { acknowledged, checked, stored } = await audit(this.store, this.acknowledged, signal);
    if (stored < checked) throw new Error(`${checked - stored} of ${checked} acknowledged entries are not stored`);
    const unchecked = checked < acknowledged ? `, ${acknowledged - checked} not checked for lack of time` : '';
    console.log(`acknowledged ${acknowledged} entries, stored ${stored} of them${unchecked}`);
  }

  #opened(): Database {
    if (this.#database === undefined) throw new Error('the database is not open');
    return this.#database;
  }
}

function open(setting: DatabaseSetting): Promise<Database> {
  if (setting.kind === 'embedded') return EmbeddedDatabase.open(setting.folder);
  return ServerDatabase.open(setting.url, (error) => {
    console.error(`a connection to the database was lost: ${error.message}`);
  });
}
