import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { EntriesService } from './entries-service.ts';
import { pathOf } from './path-of.ts';

export const FEED_PATH = '/feed';

/** Maximum number of entries that are read at once: 100 entries of 64 kB are 6.4 MB. */
const PAGE_LENGTH = 100;
/** A client with more unread bytes than this is dropped. It is more than a page, so a client that keeps reading is never dropped. */
const MAX_BEHIND_BYTES = 8 * 1024 * 1024;
/** A longer message of a client ends its connection. The feed needs no messages of clients. */
const MAX_MESSAGE_BYTES = 1024;

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Sends each entry that is stored to every WebSocket at `/feed`, as JSON, in the order of the ids.
 *
 * It reads the entries from the store, not from the requests, because a database server can answer two appends in the wrong order. On a stop `serveHttp` closes the WebSockets with code 1001.
 */
export class Feed {
  readonly #entries: EntriesService;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  /** Clients whose handshake waits until `#lastId` is known, from which their feed begins. */
  readonly #joining: Set<{ accept(): void; refuse(): void }> = new Set();
  /** The id of the last entry that was sent. */
  #lastId = 0;
  /** `stale`: there may be new entries that the current read has missed. */
  #state: 'idle' | 'reading' | 'stale' = 'idle';

  constructor(entries: EntriesService) {
    this.#entries = entries;
  }

  /** Handles an upgrade request. Answers 404 if its path is not `/feed`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined); // the client may have disconnected
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

  /** Reads and sends new entries, if there are clients. Call it when there may be new entries. */
  advance(): void {
    if (this.#state === 'idle') void this.#readWhileStale();
    else this.#state = 'stale';
  }

  async #readWhileStale(): Promise<void> {
    do {
      this.#state = 'reading';
      try {
        await this.#readPage();
      } catch (error) {
        if (this.#hasClients) console.error('the feed cannot read the entries:', error);
        for (const { refuse } of this.#joining) refuse();
        this.#joining.clear();
      }
    } while (this.#isStale);
    this.#state = 'idle';
  }

  /** Reads and sends one page, then accepts the clients that wait. */
  async #readPage(): Promise<void> {
    if (!this.#hasClients) return;
    const { store } = this.#entries;
    if (this.#sockets.clients.size === 0) this.#lastId = await store.lastId();
    else {
      const page = await store.page(this.#lastId, PAGE_LENGTH);
      for (const entry of page) this.#send(JSON.stringify(entry));
      this.#lastId = page.at(-1)?.id ?? this.#lastId;
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

  get #hasClients(): boolean {
    return this.#sockets.clients.size > 0 || this.#joining.size > 0;
  }

  /** A getter, because the compiler otherwise assumes that `#state` still has the value assigned before the `await`. */
  get #isStale(): boolean {
    return this.#state === 'stale';
  }
}
