import { PGlite } from '@electric-sql/pglite';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { letOthersRun } from './database.ts';
import type { Database, Row } from './database.ts';
import { FolderLock } from './folder-lock.ts';

/**
 * PostgreSQL inside this process, its files in a folder. A commit is in the hands of the operating system when its statement
 * resolves: it survives the death of the process at any moment. It need not survive the death of the machine, since PGlite
 * never syncs its files; that takes a server.
 */
export class EmbeddedDatabase implements Database {
  readonly place: string;
  readonly #pglite: PGlite;
  readonly #lock: FolderLock;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, pglite: PGlite, lock: FolderLock) {
    this.place = folder;
    this.#pglite = pglite;
    this.#lock = lock;
  }

  /** Opens the database in `folder`, made when it is not there; a new one takes seconds and holds the thread. */
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
    await this.#last;
    await this.#pglite.close();
    await this.#lock.release();
  }

  /** One statement after the other, a macrotask between them: fifty that wait do not hold the thread for fifty. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.then(letOthersRun, letOthersRun);
    return result;
  }
}

/** All or nothing: a process that is killed while PGlite writes a new database leaves files that no longer open. */
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
