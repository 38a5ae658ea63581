import { PGlite } from '@electric-sql/pglite';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { yieldToLoop } from './database.ts';
import type { Database, Row } from './database.ts';
import { FolderLock } from './folder-lock.ts';

/**
 * PostgreSQL inside this process, with its files in a folder. When a statement resolves, the operating system has its data, so a kill of the
 * process loses nothing. A crash of the machine may lose data, since PGlite never syncs its files.
 */
export class EmbeddedDatabase implements Database {
  readonly place: string;
  readonly #pglite: PGlite;
  readonly #lock: FolderLock;
  #previous: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, pglite: PGlite, lock: FolderLock) {
    this.place = folder;
    this.#pglite = pglite;
    this.#lock = lock;
  }

  /** Opens the database in `folder`. Creates it if it does not exist, which takes seconds and blocks the thread. */
  static async open(folder: string): Promise<EmbeddedDatabase> {
    await mkdir(folder, { recursive: true });
    const lock = await FolderLock.acquire(folder);
    try {
      const files = join(folder, 'postgres');
      if (!(await exists(files))) await createDatabase(files);
      return new EmbeddedDatabase(folder, await PGlite.create(files), lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  exec(sql: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#pglite.exec(sql);
    });
  }

  query(sql: string, parameters: readonly unknown[], signal?: AbortSignal): Promise<readonly Row[]> {
    return this.#inTurn(async () => {
      signal?.throwIfAborted();
      return (await this.#pglite.query<Row>(sql, [...parameters])).rows;
    });
  }

  async close(): Promise<void> {
    await this.#previous;
    await this.#pglite.close();
    await this.#lock.release();
  }

  /** Runs one statement after the other, with a macrotask in between. So many queued statements do not block the thread. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#previous.then(work);
    this.#previous = result.then(yieldToLoop, yieldToLoop);
    return result;
  }
}

/** Creates the database under another name and renames it at the end: PGlite cannot open a database that was only partly written. */
async function createDatabase(files: string): Promise<void> {
  const unfinished = `${files}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await (await PGlite.create(unfinished)).close();
  await rename(unfinished, files);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
