import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The states of a message. Each state is a folder, and a message is a file in one of them. */
const FOLDERS = ['new', 'taken', 'done', 'failed'] as const;
type Folder = (typeof FOLDERS)[number];

/** A queue of files in a folder. It stands for RabbitMQ, SQS or a table. Several consumers can share it. */
export class Spool {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<Spool> {
    for (const name of FOLDERS) await mkdir(join(folder, name), { recursive: true });
    return new Spool(folder);
  }

  /** Takes the first message. If there is none, it waits for one. Rejects when the signal aborts. */
  async take(signal: AbortSignal): Promise<Message> {
    for (;;) {
      for (const name of (await readdir(join(this.#folder, 'new'))).sort()) {
        signal.throwIfAborted();
        if (await this.move(name, 'new', 'taken')) return new Message(this, name);
      }
      await wait(20, undefined, { signal });
    }
  }

  read(name: string): Promise<string> {
    return readFile(join(this.#folder, 'taken', name), 'utf8');
  }

  /** Returns false if the message isn't in `from`: another consumer has taken it. */
  async move(name: string, from: Folder, to: Folder): Promise<boolean> {
    try {
      await rename(join(this.#folder, from, name), join(this.#folder, to, name));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // as: node:fs rejects with this type
      throw error;
    }
  }
}

/** A message that was taken. Its owner must call `done`, `fail` or `giveBack`. */
export class Message {
  readonly name: string;
  readonly #spool: Spool;

  constructor(spool: Spool, name: string) {
    this.name = name;
    this.#spool = spool;
  }

  text(): Promise<string> {
    return this.#spool.read(this.name);
  }

  done(): Promise<unknown> {
    return this.#spool.move(this.name, 'taken', 'done');
  }

  fail(): Promise<unknown> {
    return this.#spool.move(this.name, 'taken', 'failed');
  }

  giveBack(): Promise<unknown> {
    return this.#spool.move(this.name, 'taken', 'new');
  }
}
