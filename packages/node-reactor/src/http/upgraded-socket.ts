import type { Socket } from 'node:net';
import { dropWrites } from './drop-writes.ts';

/** A close frame of WebSocket with code 1001, "going away" (RFC 6455, 5.5.1 and 7.4.1). */
const GOING_AWAY: Uint8Array = Uint8Array.of(0x88, 0x02, 0x03, 0xe9);

/** The answer to a request for an upgrade that comes while the server stops. */
const REFUSAL = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A socket that has left HTTP/1 by `Upgrade` or `CONNECT`. */
export class UpgradedSocket {
  readonly #socket: Socket;
  readonly #isWebSocket: boolean;
  /** How much was written before the upgrade. As long as nothing more is written, the request for it has no answer. */
  readonly #bytesWritten: number;
  #isClosed = false;

  constructor(socket: Socket, protocol: string | undefined) {
    this.#socket = socket;
    this.#isWebSocket = protocol?.toLowerCase() === 'websocket';
    this.#bytesWritten = socket.bytesWritten;
  }

  /** Closes it cleanly (N16): a WebSocket by its own close frame. The client has to close its side then. */
  close(): void {
    if (this.#isClosed || this.#socket.destroyed) return;
    this.#isClosed = true;
    const socket = this.#socket;
    if (socket.bytesWritten === this.#bytesWritten) socket.write(REFUSAL);
    else if (this.#isWebSocket) socket.write(GOING_AWAY);
    socket.end();
    dropWrites(socket);
  }

  /** Refuses an upgrade that comes once the listener is closed, or that waited too long for a restart. `retryAfter`: seconds. */
  static refuse(socket: Socket, retryAfter?: number): void {
    socket.on('error', () => undefined); // the client may be gone; nobody else listens yet
    const more = retryAfter === undefined ? '' : `Retry-After: ${String(retryAfter)}\r\n`;
    socket.end(REFUSAL.replace('\r\n\r\n', `\r\n${more}\r\n`));
  }

  /** Gives up on its client. */
  destroy(): void {
    this.#socket.destroy();
  }
}
