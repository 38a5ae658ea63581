import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { EntriesService } from './entries-service.ts';
import { pathOf } from './path-of.ts';

export const FEED_PATH = '/feed';

/** Entries read at once: 100 of 64 kB are 6.4 MB. */
const PAGE_LENGTH = 100;
/** A client that has more than this still to read is dropped: more than one page, so that who reads on is never dropped. */
const MAX_BEHIND_BYTES = 8 * 1024 * 1024;
/** Clients have nothing to say. A longer message ends the connection. */
const MAX_MESSAGE_BYTES = 1024;

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Sends each entry that is stored to every WebSocket at `/feed`, as JSON, in the order of the ids.
 *
 * It reads the entries from the store instead of taking them from the requests: the answers of a database server to two appends can come
 * in the wrong order. On a stop `serveHttp` closes the WebSockets with code 1001.
 */
export class Feed {
  readonly #entries: EntriesService;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  /** Clients whose handshake waits until it is known where their feed begins. */
  readonly #joining: Set<{ accept(): void; refuse(): void }> = new Set();
  /** The id of the last entry that was sent. */
  #last = 0;
  /** `stale`: there may be new entries, and the read that is under way may have missed them. */
  #state: 'idle' | 'reading' | 'stale' = 'idle';

  constructor(entries: EntriesService) {
    this.#entries = entries;
  }

  /** Takes a request for an upgrade: 404 unless it is at `/feed`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined); // the client may be gone
    if (pathOf(request.url) !== FEED_PATH) {
      socket.once('finish', () => socket.destroy()).end(NOT_FOUND);
      return;
    }
    this.#joining.add({
      accept: () => {
        this.#sockets.handleUpgrade(request, socket, head, (client) => {
          client.on('error', () => undefined); // ws closes the connection itself
        });
      },
      refuse: () => socket.destroy(),
    });
    this.advance();
  }

  /** There may be new entries: reads and sends them, if anybody listens. */
  advance(): void {
    if (this.#state === 'idle') void this.#readWhileStale();
    else this.#state = 'stale';
  }

  async #readWhileStale(): Promise<void> {
    do {
      this.#state = 'reading';
      try {
        await this.#read();
      } catch (error) {
        if (this.#isWanted) console.error('the feed cannot read the entries:', error);
        for (const { refuse } of this.#joining) refuse();
        this.#joining.clear();
      }
    } while (this.#isStale);
    this.#state = 'idle';
  }

  /** One page. A client that joins later gets the entries after it. */
  async #read(): Promise<void> {
    if (!this.#isWanted) return;
    const { store } = this.#entries;
    if (this.#sockets.clients.size === 0) this.#last = await store.lastId();
    else {
      const page = await store.page(this.#last, PAGE_LENGTH);
      for (const entry of page) this.#send(JSON.stringify(entry));
      this.#last = page.at(-1)?.id ?? this.#last;
      if (page.length === PAGE_LENGTH) this.#state = 'stale';
    }
    for (const { accept } of this.#joining) accept();
    this.#joining.clear();
  }

  #send(text: string): void {
    for (const client of this.#sockets.clients) {
      const { bufferedAmount } = client;
      if (bufferedAmount <= MAX_BEHIND_BYTES) client.send(text);
      else if (client.readyState === client.OPEN) {
        console.log(`the feed dropped a client that was ${bufferedAmount} bytes behind`);
        client.terminate();
      }
    }
  }

  get #isWanted(): boolean {
    return this.#sockets.clients.size > 0 || this.#joining.size > 0;
  }

  /** A getter, since the compiler takes the state for what was assigned last. */
  get #isStale(): boolean {
    return this.#state === 'stale';
  }
}
