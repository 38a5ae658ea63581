import { deepStrictEqual } from 'node:assert';
import { Load } from '../../../scripts/http-load.mjs';
import type { Entry } from '../src/entry-store.ts';

export const CLIENTS = 50;

/**
 * For tests in which no request may break: the ledger keeps idle connections open for 5 s instead of 0.5 s. On a busy machine a client may not
 * run for half a second, and then send its next request on a connection that the ledger has closed (a documented limit of `serveHttp`).
 */
export const LONG_IDLE_GRACE = { IDLE_GRACE_MS: '5000' };

/** Pause of a client after an answer with 500. Milliseconds. */
const PAUSE_MS = 20;

interface EntryLoadOptions {
  readonly clients: number;
  /** Whether a client goes on after an answer with 500, as when the ledger has lost its database. */
  readonly mayFail: boolean;
  /** Called with the number of the client after each entry that was acknowledged. */
  readonly onAcknowledged?: (client: string) => void;
}

/**
 * Clients that post one entry after the other, until an answer says `Connection: close` or their connection is refused. Rejects when an answer
 * isn't a 201 with the entry.
 */
export class EntryLoad {
  readonly acknowledged: Entry[] = [];
  readonly #load: Load;

  /** `label` is the beginning of each text, so that the texts of several loads differ. */
  constructor(url: string, label: string, { clients, mayFail, onAcknowledged }: EntryLoadOptions) {
    this.#load = new Load({
      port: Number(new URL(url).port),
      host: new URL(url).hostname,
      path: '/entries',
      clients,
      leaves: true,
      body: ({ client, n }) => JSON.stringify({ text: `${label}, client ${client}, entry ${n}` }),
      onAnswer: (status, answer, body) => {
        if (mayFail && status === 500) return;
        const { text } = JSON.parse(body) as Entry;
        const entry = status === 201 ? (JSON.parse(answer) as Entry) : { id: answer };
        deepStrictEqual({ status, entry }, { status: 201, entry: { id: entry.id, text } });
        this.acknowledged.push(entry as Entry); // as: compared in the line before
        onAcknowledged?.(/client (\d+), entry \d+$/.exec(text)?.[1] ?? '');
      },
      pause: (status) => (status === 500 ? PAUSE_MS : 0),
    }).start();
  }

  /** Number of requests that were answered with 500. Their entries may be stored. */
  get failed(): number {
    return this.#load.counts.errors['500'] ?? 0;
  }

  /** The errors of requests that got no answer. A refused connection is no such error. */
  get broken(): readonly string[] {
    return Object.entries(this.#load.counts.errors)
      .filter(([kind]) => kind !== '500')
      .flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  }

  /** Number of clients that have left: an answer had `Connection: close`, or their connection was refused. */
  get clientsLeft(): number {
    return this.#load.counts.left + this.refused;
  }

  get refused(): number {
    return this.#load.counts.refused;
  }

  /** Resolves when `condition` holds. Rejects when all clients have left before that. */
  until(condition: (load: this) => boolean | Promise<boolean>): Promise<void> {
    return this.#load.until(() => condition(this));
  }

  /** Resolves when `count` more entries are acknowledged. */
  more(count: number): Promise<void> {
    const goal = this.acknowledged.length + count;
    return this.until(() => this.acknowledged.length >= goal);
  }

  /** Ends the load when the current requests have been answered. */
  async stop(): Promise<void> {
    await this.#load.stop();
  }

  /** Resolves when all clients have left. */
  async left(): Promise<void> {
    await this.#load.left();
  }
}

/** Twenty clients that go on when the ledger answers 500. */
export const steadyLoad = (url: string, label: string): EntryLoad =>
  new EntryLoad(url, label, { clients: 20, mayFail: true });

/**
 * Fifty clients post until the ledger stops and all have left. `act` is called once, when `count` entries are acknowledged, at least one of each
 * client. Rejects when an answer is not a 201 with the entry.
 */
export async function postUntilStopped(url: string, label: string, count: number, act: () => void): Promise<EntryLoad> {
  const posting: Set<string> = new Set();
  let hasActed = false;
  const load = new EntryLoad(url, label, {
    clients: CLIENTS,
    mayFail: false,
    onAcknowledged: (client) => {
      posting.add(client);
      if (hasActed || posting.size < CLIENTS || load.acknowledged.length < count) return;
      hasActed = true;
      act();
    },
  });
  await load.left();
  return load;
}
