import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabase } from '../src/embedded-database.ts';

const dist = join(import.meta.dirname, '..', 'dist');

/** A new folder with an empty embedded database. */
export async function databaseFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ledger-${name}-`));
  await putDatabase(folder);
  return folder;
}

/** Copies an empty embedded database into `folder`. PGlite takes seconds to create one, so all test files share it. */
export async function putDatabase(folder: string): Promise<void> {
  await cp(await emptyDatabase(), folder, { recursive: true });
}

async function emptyDatabase(): Promise<string> {
  const shared = join(dist, `empty-database-${pgliteVersion()}`);
  if (existsSync(shared)) return shared;
  const own = join(dist, `empty-database-${randomUUID()}`);
  await (await EmbeddedDatabase.open(own)).close();
  try {
    await rename(own, shared);
  } catch {
    await rm(own, { recursive: true }); // another test file has made it in the meantime
  }
  return shared;
}

function pgliteVersion(): string {
  const [root] = createRequire(import.meta.url)
    .resolve('@electric-sql/pglite')
    .split('dist');
  const { version } = JSON.parse(readFileSync(join(root!, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}
