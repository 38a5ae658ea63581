import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../src/database.ts';
import { EmbeddedDatabase } from '../src/embedded-database.ts';
import { ServerDatabase } from '../src/server-database.ts';
import { putDatabase } from './database-folder.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

/** A kind of PostgreSQL, and the databases of a test on it. */
export interface Place {
  /** Opens the database with this name. It is empty when it is opened for the first time. */
  open(name: string): Promise<Database>;
  /** Removes all databases. */
  remove(): Promise<void>;
}

export async function embeddedPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-store-'));
  return {
    open: async (name) => {
      const own = join(folder, name);
      if (!existsSync(own)) await putDatabase(own);
      return EmbeddedDatabase.open(own);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const failOnLostConnection = (error: Error): void => {
  throw error;
};

export async function serverPlace(server: PostgresServer): Promise<Place> {
  const urls: Map<string, string> = new Map();
  return {
    open: async (name) => {
      const url = urls.get(name) ?? (await server.createDatabase(name));
      urls.set(name, url);
      return ServerDatabase.open(url, failOnLostConnection);
    },
    remove: () => server.stop(),
  };
}

export const bin = findPostgres();
/** For `describe.each`: the embedded PostgreSQL, and a PostgreSQL server if one is installed. */
export const places: { readonly kind: string; makePlace(): Promise<Place> }[] = [
  { kind: 'embedded PostgreSQL', makePlace: embeddedPlace },
];
if (bin !== undefined) {
  places.push({ kind: 'a PostgreSQL server', makePlace: async () => serverPlace(await startPostgres(bin)) });
}
