import { createAbortController, type AbortControllerLike } from '@triphase/core';
import type { Answer, CutRequest } from '@triphase/core/serving';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { answerStream, writeAnswer } from './answers.ts';
import type { Connection } from './connection.ts';
import { dropWrites } from './drop-writes.ts';
import { sayClose, type ResponseFields } from './say-close.ts';

/** Where a request, or a stream of HTTP/2, keeps its exchange. A property is faster than a `WeakMap` (benchmark: P14). */
const EXCHANGE: unique symbol = Symbol('triphase.exchange');

interface Carrier {
  [EXCHANGE]?: Exchange;
}

/** The exchange of a request that `serveHttp` has seen. */
export function exchangeOf(carrier: object): Exchange | undefined {
  return (carrier as Carrier)[EXCHANGE]; // as: any object may be asked
}

/** One request and its answer, from its arrival until the answer has left or the client has gone. */
export abstract class Exchange {
  readonly connection: Connection;
  readonly startedAt: number;
  isOver = false;
  /** It has not been given to the program yet. */
  isWaiting = false;
  abstract readonly method: string;
  abstract readonly path: string;
  /** An answer of type `text/event-stream` has begun: it has no end of its own. */
  abstract readonly isEventStream: boolean;
  /** The body of the request is still arriving. */
  abstract readonly isBodyPending: boolean;
  #controller: AbortControllerLike | undefined;
  #reason: unknown;
  #endedAt: number | undefined;
  #isAborted = false;

  constructor(connection: Connection, startedAt: number) {
    this.connection = connection;
    this.startedAt = startedAt;
    connection.exchanges.push(this);
  }

  /** Makes the answer say that the connection closes, unless a later request is on it. Called once the listener is closed. */
  abstract closeAfterwards(): void;

  /** Ends the answer cleanly; what the program writes later is dropped. */
  protected abstract endAnswer(): void;

  /** Gives up on the client, and on what is still to be written. */
  abstract destroy(): void;

  /** Its handler threw: the client is told, so that nobody waits for an answer that never comes. */
  abstract fail(): void;

  /**
   * It waits for the listener to close, or for a restart. An HTTP/2 stream gets a listener for its errors meanwhile, since the program has
   * not got it yet.
   */
  hold(): void {
    this.isWaiting = true;
  }

  /** It is given to the program now, or refused. */
  release(): void {
    this.isWaiting = false;
  }

  /** Answers in place of the program. */
  abstract answer(answer: Answer): void;

  /** Ends an event stream once; a client that does not take the end within `timeout` milliseconds is cut (N16). */
  endEventStream(now: number, timeout: number): void {
    if (this.#endedAt === undefined) {
      this.#endedAt = now;
      this.endAnswer();
    } else if (now >= this.#endedAt + timeout) this.destroy();
  }

  /** Aborts when the request is cut or the client goes away (N17). Made when it is first asked for. */
  get signal(): AbortSignal {
    this.#controller ??= createAbortController();
    if (this.#isAborted) this.#controller.abort(this.#reason ?? clientGone());
    return this.#controller.signal;
  }

  /** Without a reason: the client has gone. */
  abort(reason?: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason ?? clientGone());
  }

  /** The answer has left, or (`isComplete` false) the connection broke before. */
  over(isComplete: boolean): void {
    if (this.isOver) return;
    this.isOver = true;
    this.connection.answered(this);
    if (!isComplete) this.abort();
  }

  describe(now: number): CutRequest {
    return { method: this.method, path: this.path, age: now - this.startedAt };
  }
}

/** `INTERNAL_ERROR` of HTTP/2 (RFC 9113, 7). */
const INTERNAL_ERROR = 2;

function ignore(): void {
  return;
}

/** Made only when somebody asks for it: making it costs more than some whole answers do. */
function clientGone(): DOMException {
  return new DOMException('The client closed the connection before its answer was complete', 'AbortError');
}

// One function for all requests of HTTP/1, one for all streams of HTTP/2: so a request makes no closure (benchmark: P14).
function onResponseClose(this: ServerResponse): void {
  exchangeOf(this.req)?.over(this.writableFinished);
}

function onStreamClose(this: ServerHttp2Stream): void {
  // Not `writableFinished`: Node also ends the stream of a client that has gone.
  exchangeOf(this)?.over(this.headersSent && this.rstCode === 0);
}

/** A request of HTTP/1. */
export class Http1Exchange extends Exchange {
  /** What answers it. */
  protected readonly response: ServerResponse;
  readonly #request: IncomingMessage;

  constructor(connection: Connection, request: IncomingMessage, response: ServerResponse, now: number) {
    super(connection, now);
    this.#request = request;
    this.response = response;
    (request as Carrier)[EXCHANGE] = this; // as: this is where it is kept
    connection.latest = this;
    response.on('close', onResponseClose);
  }

  get method(): string {
    return this.#request.method ?? '';
  }

  get path(): string {
    return this.#request.url ?? '';
  }

  /** Node says `complete` of a request without a body only once its listeners have returned. */
  get isBodyPending(): boolean {
    const { complete, headers } = this.#request;
    if (complete) return false;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  get isEventStream(): boolean {
    // Not `getHeader`: that knows nothing of headers given to `writeHead`.
    const { _header: head } = this.response as ServerResponse & { readonly _header?: string | null }; // as: Node's own field
    return typeof head === 'string' && /^content-type: *text\/event-stream/im.test(head);
  }

  closeAfterwards(): void {
    const response = this.response;
    if (response.headersSent) return; // the next answer says it, or FIN comes after the grace
    const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse; // as: it has several forms
    const writeClosingHead = (...args: unknown[]): ServerResponse => {
      if (this.connection.latest !== this) return writeHead.apply(response, args);
      const isEarly = this.isBodyPending;
      this.connection.isClosing = true;
      this.connection.closesByItself = !isEarly;
      sayClose(response, args);
      writeHead.apply(response, args);
      // Node would destroy the connection after this answer, and the client that still sends its body would never read it.
      if (isEarly) (response as ResponseFields)._last = false; // as: Node's own field
      return response;
    };
    response.writeHead = writeClosingHead;
  }

  answer(answer: Answer): void {
    this.#request.resume();
    writeAnswer(this.response, answer, this.method);
  }

  protected endAnswer(): void {
    const response = this.response;
    response.end();
    dropWrites(response);
  }

  destroy(): void {
    this.connection.socket.destroy();
  }

  fail(): void {
    const response = this.response;
    if (response.headersSent) this.destroy();
    else response.writeHead(500, { connection: 'close' }).end();
  }
}

/** A stream of HTTP/2. */
export class Http2Exchange extends Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;

  constructor(connection: Connection, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, now: number) {
    super(connection, now);
    this.#stream = stream;
    this.#headers = headers;
    (stream as Carrier)[EXCHANGE] = this; // as: this is where it is kept
    stream.on('close', onStreamClose);
  }

  get method(): string {
    return this.#headers[':method'] ?? '';
  }

  get path(): string {
    return this.#headers[':path'] ?? '';
  }

  readonly isBodyPending = false; // an early answer does not end a session of HTTP/2

  /** Also a tunnel (`CONNECT`): it has no end of its own either. */
  get isEventStream(): boolean {
    if (this.method === 'CONNECT') return true;
    // as: before the answer there are none, whatever the types say
    const sent = this.#stream.sentHeaders as OutgoingHttpHeaders | undefined;
    return String(sent?.['content-type']).startsWith('text/event-stream');
  }

  /** GOAWAY has said it for the whole session. */
  closeAfterwards(): void {
    return;
  }

  protected endAnswer(): void {
    const stream = this.#stream;
    stream.end();
    dropWrites(stream);
  }

  destroy(): void {
    this.#stream.destroy();
  }

  fail(): void {
    this.#stream.close(INTERNAL_ERROR);
  }

  override hold(): void {
    super.hold();
    this.#stream.off('error', ignore).on('error', ignore);
  }

  override release(): void {
    super.release();
    this.#stream.off('error', ignore);
  }

  answer(answer: Answer): void {
    answerStream(this.#stream, answer);
  }
}
