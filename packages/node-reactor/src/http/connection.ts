import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';
import type { UpgradedSocket } from './upgraded-socket.ts';

/** After our FIN the client has this long to close its side; then the socket is destroyed. Milliseconds. */
const FIN_MS = 500;

/** Who has sent a part of a request, or is in the TLS handshake, has this long to go on. Milliseconds. */
const PARTIAL_MS = 2_000;

/** One connection: the requests on it, and when it may be closed. */
export class Connection {
  /** With TLS the raw socket until the handshake is done, then the encrypted one. */
  socket: Socket;
  /** Requests that have arrived and are not answered yet. An array: a set of one makes new tables all the time (benchmark: P14). */
  readonly exchanges: Exchange[] = [];
  /** The newest request of HTTP/1. */
  latest: Exchange | undefined;
  /** With HTTP/2. */
  session: ServerHttp2Session | undefined;
  /** After an upgrade, such as to a WebSocket. */
  upgraded: UpgradedSocket | undefined;
  /** The TLS handshake is under way. */
  handshaking: boolean;
  /** An answer has said `Connection: close`, or we have sent FIN: no further request is run (N13). */
  isClosing = false;
  /** When the last answer left; asked for only once the listener is closed. */
  #lastAnswerAt = -Infinity;
  #bytesRead: number;
  readonly #now: () => number;
  #finAt: number | undefined;
  /** An early answer has left, and the rest of the body was still arriving. */
  #wasBodyPending = false;

  /** `now` gives -Infinity as long as the listener is open. */
  constructor(socket: Socket, handshaking: boolean, now: () => number) {
    this.socket = socket;
    this.#now = now;
    this.handshaking = handshaking;
    this.#bytesRead = socket.bytesRead;
  }

  /** The TLS handshake is done. */
  secured(socket: Socket): void {
    this.socket = socket;
    this.handshaking = false;
    this.#bytesRead = socket.bytesRead;
  }

  answered(exchange: Exchange): void {
    const index = this.exchanges.indexOf(exchange);
    if (index === this.exchanges.length - 1) this.exchanges.pop();
    else this.exchanges.splice(index, 1);
    this.#lastAnswerAt = this.#now();
    this.#bytesRead = this.socket.bytesRead;
    this.#wasBodyPending = exchange.isBodyPending;
  }

  /** While draining: closes what is idle for too long, and returns when to look again, in milliseconds on the clock of `now`. */
  closeIfIdle(now: number, since: { readonly closedAt: number; readonly idleGrace: number }): number {
    if (this.upgraded !== undefined || this.exchanges.length > 0) return Infinity;
    if (this.#finAt !== undefined) return this.#destroyAt(this.#finAt + FIN_MS, now);
    this.#followBody(now);
    const idleSince = Math.max(since.closedAt, this.#lastAnswerAt);
    // Its last answer has said so, and Node closes it.
    if (this.isClosing) return this.#destroyAt(idleSince + FIN_MS, now);
    const due = idleSince + (this.#isPartial ? Math.max(PARTIAL_MS, since.idleGrace) : since.idleGrace);
    if (due > now) return due;
    this.isClosing = true;
    this.#finAt = now;
    this.socket.end();
    return now + FIN_MS;
  }

  /** The rest of a body that was answered early is no part of a next request. */
  #followBody(now: number): void {
    const isPending = this.latest?.isBodyPending === true;
    if (this.#wasBodyPending && !isPending) {
      this.#lastAnswerAt = now;
      this.#bytesRead = this.socket.bytesRead;
    }
    this.#wasBodyPending = isPending;
  }

  #destroyAt(due: number, now: number): number {
    if (due > now) return due;
    this.socket.destroy();
    return Infinity;
  }

  /** It has sent a part of something: of a handshake, of a head, or of a body that was answered early. */
  get #isPartial(): boolean {
    if (this.session !== undefined) return false;
    return this.handshaking || this.#wasBodyPending || this.socket.bytesRead > this.#bytesRead;
  }
}
