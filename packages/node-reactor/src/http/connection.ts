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
  /**
   * Requests that have arrived and are not answered yet. An array: a `Set` that is filled and emptied again and again allocates each time
   * (benchmark: P14).
   */
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
  /** Node closes it after the answer that said `close`. False if that answer left before the body of its request had come: then we close it. */
  closesByItself = false;
  /** When the last answer left, by `now`. It is needed only once the listener is closed, so before that `now` gives -Infinity. */
  #lastAnswerAt = -Infinity;
  /** What the socket had read when the last answer left. More than that is a part of the next request. */
  #bytesReadAtAnswer: number;
  readonly #now: () => number;
  #finAt: number | undefined;
  /** With HTTP/2: what the socket had written, and when that was last seen to grow. */
  #lastBytesWritten = -1;
  #wroteAt = -Infinity;
  /** An early answer has left, and the rest of the body was still arriving. */
  #wasBodyPending = false;

  /** `now` gives -Infinity as long as the listener is open. */
  constructor(socket: Socket, handshaking: boolean, now: () => number) {
    this.socket = socket;
    this.#now = now;
    this.handshaking = handshaking;
    this.#bytesReadAtAnswer = socket.bytesRead;
  }

  /** The TLS handshake is done. */
  secured(socket: Socket): void {
    this.socket = socket;
    this.handshaking = false;
    this.#bytesReadAtAnswer = socket.bytesRead;
  }

  answered(exchange: Exchange): void {
    const index = this.exchanges.indexOf(exchange);
    if (index === this.exchanges.length - 1) this.exchanges.pop();
    else this.exchanges.splice(index, 1);
    this.#lastAnswerAt = this.#now();
    this.#bytesReadAtAnswer = this.socket.bytesRead;
    this.#wasBodyPending = exchange.isBodyPending;
  }

  /** While draining: closes what is idle for too long. */
  closeIfIdle(now: number, since: { readonly closedAt: number; readonly idleGrace: number }): void {
    if (this.upgraded !== undefined || this.exchanges.length > 0) return;
    this.#followBody(now);
    const idleSince = Math.max(since.closedAt, this.#lastAnswerAt);
    if (this.session !== undefined) {
      this.#closeSession(this.session, idleSince, now);
      return;
    }
    if (this.#finAt !== undefined || this.closesByItself) {
      if (now >= (this.#finAt ?? idleSince) + FIN_MS) this.socket.destroy();
      return;
    }
    const grace = this.isClosing ? 0 : since.idleGrace;
    if (now < idleSince + (this.#isPartial ? Math.max(PARTIAL_MS, grace) : grace)) return;
    this.isClosing = true;
    this.#finAt = now;
    this.socket.end();
  }

  /**
   * A session has been told to close, and does so when its last stream is over. It is destroyed if it does not close and nothing more is
   * written on it. (A stream that the server pushes is written without a request.)
   */
  #closeSession(session: ServerHttp2Session, idleSince: number, now: number): void {
    const { bytesWritten } = this.socket;
    if (session.destroyed) {
      // It has sent FIN; its client may keep its own side open.
      this.#finAt ??= now;
      if (now >= this.#finAt + FIN_MS) this.socket.destroy();
    } else if (bytesWritten !== this.#lastBytesWritten) {
      this.#lastBytesWritten = bytesWritten;
      this.#wroteAt = now;
    } else if (now >= Math.max(idleSince, this.#wroteAt) + PARTIAL_MS) session.destroy();
  }

  /** After an answer that left before the body of its request had come: the rest of that body is not taken for the next request. */
  #followBody(now: number): void {
    const isPending = this.latest?.isBodyPending === true;
    if (this.#wasBodyPending && !isPending) {
      this.#lastAnswerAt = now;
      this.#bytesReadAtAnswer = this.socket.bytesRead;
    }
    this.#wasBodyPending = isPending;
  }

  /** It has sent a part of something: of a handshake, of a head, or of a body that was answered early. */
  get #isPartial(): boolean {
    if (this.handshaking || this.#wasBodyPending) return true;
    return !this.isClosing && this.socket.bytesRead > this.#bytesReadAtAnswer;
  }
}
