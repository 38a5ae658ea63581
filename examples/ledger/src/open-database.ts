import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { ServerDatabase } from './server-database.ts';
import type { DatabaseSetting } from './settings.ts';

/** Opens the database of the settings, and prints where the entries are. */
export async function openDatabase(setting: DatabaseSetting): Promise<Database> {
  if (setting.kind === 'embedded') console.log(`opening ${setting.folder} (a new database takes a few seconds)`);
  const database =
    setting.kind === 'embedded'
      ? await EmbeddedDatabase.open(setting.folder)
      : await ServerDatabase.open(setting.url, (error) => {
          console.error(`a connection to the database was lost: ${error.message}`);
        });
  console.log(`entries are kept in ${database.place}`);
  return database;
}
