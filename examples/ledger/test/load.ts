import { deepStrictEqual } from 'node:assert';
import { Load } from '../../../scripts/http-load.mjs';
import type { Entry } from '../src/entry-store.ts';

export const CLIENTS = 50;

/**
 * For tests in which no request may break: the ledger keeps idle connections for longer. Otherwise a client that a busy machine gives no
 * processor for half a second sends its next request on a connection that the ledger has closed (a documented limit of `serveHttp`).
 */
export const KEPT_LONG = { IDLE_GRACE_MS: '5000' };

/** After an answer of 500. Milliseconds. */
const PAUSE_MS = 20;

interface EntryLoadOptions {
  readonly clients: number;
  /** The status 500 is an answer too: the ledger may have lost its database. */
  readonly mayFail: boolean;
  readonly onAcknowledged?: (client: string) => void;
}

/**
 * Clients that post one entry after the other, until an answer says `Connection: close` or their connection is refused. Rejects when an answer
 * isn't a 201 with the entry.
 */
export class EntryLoad {
  readonly acknowledged: Entry[] = [];
  readonly #load: Load;

  /** `life` begins all texts, so that those of several loads differ. */
  constructor(url: string, life: string, { clients, mayFail, onAcknowledged }: EntryLoadOptions) {
    this.#load = new Load({
      port: Number(new URL(url).port),
      host: new URL(url).hostname,
      path: '/entries',
      clients,
      leaves: true,
      body: ({ client, n }) => JSON.stringify({ text: `${life}, client ${client}, entry ${n}` }),
      onAnswer: (status, answer, body) => {
        if (mayFail && status === 500) return;
        const { text } = JSON.parse(body) as Entry;
        const entry = status === 201 ? (JSON.parse(answer) as Entry) : { id: answer };
        deepStrictEqual({ status, entry }, { status: 201, entry: { id: entry.id, text } });
        this.acknowledged.push(entry as Entry); // as: it has just been compared
        onAcknowledged?.(/client (\d+), entry \d+$/.exec(text)?.[1] ?? '');
      },
      pause: (status) => (status === 500 ? PAUSE_MS : 0),
    }).start();
  }

  /** Requests that were answered with 500: their entries may be stored. */
  get failed(): number {
    return this.#load.counts.errors['500'] ?? 0;
  }

  /** The errors of requests that got no answer, though the connection was not refused. */
  get broken(): readonly string[] {
    return Object.entries(this.#load.counts.errors)
      .filter(([kind]) => kind !== '500')
      .flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  }

  /** Clients that are gone: an answer said `Connection: close`, or their connection was refused. */
  get gone(): number {
    return this.#load.counts.left + this.refused;
  }

  get refused(): number {
    return this.#load.counts.refused;
  }

  /** Resolves when `condition` holds. Rejects when all clients have left before that. */
  until(condition: (load: this) => boolean | Promise<boolean>): Promise<void> {
    return this.#load.until(() => condition(this));
  }

  /** Resolves when that many more entries are acknowledged. */
  more(count: number): Promise<void> {
    const goal = this.acknowledged.length + count;
    return this.until(() => this.acknowledged.length >= goal);
  }

  /** Ends the load after the requests that are under way. */
  async stop(): Promise<void> {
    await this.#load.stop();
  }

  /** Resolves when all clients have left. */
  async left(): Promise<void> {
    await this.#load.left();
  }
}

/** Twenty clients that also go on while the ledger answers 500. */
export const steadyLoad = (url: string, life: string): EntryLoad =>
  new EntryLoad(url, life, { clients: 20, mayFail: true });

/**
 * Fifty clients post until all have left. `inTheMiddle` is called once, when `middle` entries are acknowledged, at least one of each client.
 * Rejects when an answer is not a 201 with the entry.
 */
export async function postUntilTold(
  url: string,
  life: string,
  middle: number,
  inTheMiddle: () => void,
): Promise<EntryLoad> {
  const posting: Set<string> = new Set();
  let reached = false;
  const load = new EntryLoad(url, life, {
    clients: CLIENTS,
    mayFail: false,
    onAcknowledged: (client) => {
      posting.add(client);
      if (reached || posting.size < CLIENTS || load.acknowledged.length < middle) return;
      reached = true;
      inTheMiddle();
    },
  });
  await load.left();
  return load;
}
