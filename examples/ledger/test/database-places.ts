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

/** Where databases are. */
export interface Place {
  /** A database with nothing in it, or the one that was left by the last `close`. */
  open(name: string): Promise<Database>;
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
/** An embedded database, and a server where there is one. */
export const places: [string, () => Promise<Place>][] = [['embedded PostgreSQL', embeddedPlace]];
if (bin !== undefined) places.push(['a PostgreSQL server', async () => serverPlace(await startPostgres(bin))]);
