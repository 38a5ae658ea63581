import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabase } from '../src/embedded-database.ts';

const dist = join(import.meta.dirname, '..', 'dist');

/** A new folder with an embedded database in which nothing is. */
export async function databaseFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ledger-${name}-`));
  await putDatabase(folder);
  return folder;
}

/** Puts an empty embedded database there. PGlite takes seconds to make one, so it is made once for all test files, and copied. */
export async function putDatabase(folder: string): Promise<void> {
  await cp(await emptyDatabase(), folder, { recursive: true });
}

async function emptyDatabase(): Promise<string> {
  const made = join(dist, `empty-database-${pgliteVersion()}`);
  if (existsSync(made)) return made;
  const own = join(dist, `empty-database-${randomUUID()}`);
  await (await EmbeddedDatabase.open(own)).close();
  try {
    await rename(own, made);
  } catch {
    await rm(own, { recursive: true }); // another test file was faster
  }
  return made;
}

function pgliteVersion(): string {
  const [root] = createRequire(import.meta.url)
    .resolve('@electric-sql/pglite')
    .split('dist');
  const { version } = JSON.parse(readFileSync(join(root!, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}
