import { deepStrictEqual } from 'node:assert';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../src/entry-store.ts';
import { post } from './http-client.ts';
import type { Reply } from './http-client.ts';

const CLIENTS = 20;
/** After an answer that says no. */
const PAUSE_MS = 20;

/** Twenty clients that post one entry after the other, also while the ledger answers 500, until they are told to leave. */
export class SteadyLoad {
  readonly acknowledged: Entry[] = [];
  /** Requests that were answered with 500: their entries may be stored. */
  failed = 0;
  /** Requests that got no answer, though the connection was not refused: the error of each. */
  readonly broken: string[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly #url: string;
  readonly #life: string;
  readonly #clients: Promise<unknown>;
  #isOver = false;
  #haveLeft = false;

  /** `life` begins all texts, so that those of several loads differ. */
  constructor(url: string, life: string) {
    this.#url = url;
    this.#life = life;
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => this.#run(number)));
    const leave = (): void => {
      this.#haveLeft = true;
    };
    this.#clients.then(leave, leave);
  }

  /** Resolves when `condition` holds. Rejects when all clients have left before. */
  async until(condition: (load: this) => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition(this))) {
      if (this.#haveLeft) await this.#clients.then(() => Promise.reject(new Error('all clients have left')));
      await sleep(10);
    }
  }

  /** Resolves when that many more entries are acknowledged. */
  more(count: number): Promise<void> {
    const goal = this.acknowledged.length + count;
    return this.until(() => this.acknowledged.length >= goal);
  }

  /** Ends the load after the requests that are under way. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.left();
  }

  /** Resolves when all clients have left, because the ledger told them to or is gone. */
  async left(): Promise<void> {
    await this.#clients;
    this.#agent.destroy();
  }

  async #run(client: number): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const text = `${this.#life}, client ${client}, entry ${n}`;
      let reply: Reply;
      try {
        reply = await post(this.#url, text, this.#agent);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') this.broken.push(String(error));
        return;
      }
      await this.#note(text, reply);
      if (reply.headers.connection === 'close') return;
    }
  }

  async #note(text: string, { status, body }: Reply): Promise<void> {
    if (status === 500) {
      this.failed += 1;
      await sleep(PAUSE_MS);
      return;
    }
    const { id } = JSON.parse(body) as Entry;
    deepStrictEqual({ status, body: JSON.parse(body) as unknown }, { status: 201, body: { id, text } });
    this.acknowledged.push({ id, text });
  }
}
