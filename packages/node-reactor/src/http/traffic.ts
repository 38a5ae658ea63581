import type { ServiceHost } from '@triphase/core';
import { RESTARTING, type Answer, type Probes } from '@triphase/core/serving';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import { openConnections } from './adopted.ts';
import { whenAnswered } from './answers.ts';
import type { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import { BunExchange } from './bun-exchange.ts';
import { Http1Exchange, Http2Exchange, type Exchange } from './exchange.ts';
import { HttpIntake } from './intake.ts';
import { isBunServer, isSecure, type AnyServer } from './server.ts';
import { UpgradedSocket } from './upgraded-socket.ts';

/** What `emit` was called with: the event, then what its listeners get. */
type Emitted = [event: string | symbol, ...args: unknown[]];

/** Gives an event to the listeners of the server. */
type Emit = (emitted: Emitted) => boolean;

/**
 * Passes on to the program what comes to its server: at once, later, or never. It answers the probes itself.
 *
 * It adds no listener to the server. `server.emit` is wrapped instead: a listener for `upgrade` or `checkContinue` would change what Node
 * does by default, and one for `request` could not keep probes away from the program (N12).
 */
export class Traffic {
  /** Whether the program can take requests: not during a restart of what it needs. */
  readonly intake: HttpIntake;
  /** `open`: requests are passed on. `held`: they wait. `closing`: they are passed on, and each answer closes its connection. */
  #state: 'open' | 'held' | 'closing' = 'open';
  #held: (() => void)[] = [];
  #isFinished = false;
  /** The server has emitted `close` while connections were still open. */
  #hasClosed = false;
  /** A request that comes after this time, while earlier ones on its connection are being answered, is never run. */
  #pipelineUntil = Infinity;
  #takeError: ((error: NodeJS.ErrnoException) => void) | undefined;
  readonly #probes: Probes | undefined;
  readonly #app: () => ServiceHost | undefined;
  readonly #isSecure: boolean;
  readonly #isBun: boolean;
  readonly #emit: Emit;
  /** They get the time at which an answer leaves. While the server is open they don't need it, and reading the clock takes time (benchmark: P14). */
  readonly #connections = new Connections(() => (this.#state === 'open' ? -Infinity : this.#now()));

  constructor(server: AnyServer, probes: Probes | undefined, app: () => ServiceHost | undefined) {
    this.#probes = probes;
    this.#app = app;
    this.intake = new HttpIntake(app);
    this.#isSecure = isSecure(server);
    this.#isBun = isBunServer(server);
    // as: one signature for the events of all four kinds of servers
    const emit = server.emit as (...emitted: Emitted) => boolean;
    const pass: Emit = (emitted) => Reflect.apply(emit, server, emitted);
    this.#emit = pass;
    const wrapped = (...emitted: Emitted): boolean => this.#on(emitted);
    server.emit = wrapped as AnyServer['emit'];
    if (server.listening) this.#adopt(server);
  }

  /** Connections that were there before `serveHttp` was called, and the requests on them. */
  #adopt(server: AnyServer): void {
    for (const { socket, response } of openConnections(server)) {
      const connection = this.#connections.track(socket);
      if (response !== undefined) new Http1Exchange(connection, response.req, response, this.#now());
    }
  }

  #now(): number {
    return this.#app()?.now() ?? performance.now();
  }

  /**
   * Grows with each connection that comes, and on Bun also with each request that is held. A stop closes the listener when it no longer grows.
   * Bun ends idle connections at that moment, and a request that is sent on one just then is lost (D5).
   */
  get arrived(): number {
    return this.#connections.accepted + (this.#isBun ? this.#held.length : 0);
  }

  /** Requests wait from now on. */
  hold(): void {
    this.#state = 'held';
  }

  /** The listener is closed: each answer closes its connection from now on, and what was held is passed on. */
  beginClosing(idleGrace: number): void {
    this.#state = 'closing';
    this.#pipelineUntil = this.#now() + idleGrace;
    for (const exchange of this.exchanges) exchange.closeAfterwards();
    this.#connections.closeSessions();
    this.#releaseHeld();
  }

  /** A crash has ended the stop: requests are passed on as before, and the reactor may be run again (C31). */
  reopen(): void {
    this.#state = 'open';
    this.#isFinished = false;
    this.#releaseHeld();
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const pass of held) pass();
  }

  /** The open connections, by socket. */
  get connections(): ReadonlyMap<Socket, Connection> {
    return this.#connections.bySocket;
  }

  /** `onClosed` is called whenever a connection has closed. */
  followConnections(onClosed: () => void): void {
    this.#connections.follow(onClosed);
  }

  /**
   * No connection is left. Only now the server emits `close`, once, though its listener was closed long ago. A server of Node does that
   * when `close()` is called again; for one of Bun it is done here.
   */
  finish(): void {
    this.#isFinished = true;
    if (this.#isBun && this.#hasClosed) this.#emit(['close']);
  }

  /** Requests that are being answered, or held; the oldest first. Not kept, so that a request costs less (benchmark: P14). */
  get exchanges(): Exchange[] {
    return [...this.connections.values()]
      .flatMap(({ exchanges }) => exchanges)
      .sort((one, other) => one.startedAt - other.startedAt);
  }

  get upgraded(): UpgradedSocket[] {
    return [...this.connections.values()].flatMap(({ upgraded }) => upgraded ?? []);
  }

  /** Ends every connection, whatever is on it. */
  destroy(): void {
    this.#connections.destroy();
  }

  // Each `as` below: what Node emits with that event.
  #on(emitted: Emitted): boolean {
    const event = emitted[0];
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return this.#onRequest(emitted[1] as IncomingMessage, emitted[2] as ServerResponse, emitted);
      case 'stream':
        return this.#onStream(emitted[1] as ServerHttp2Stream, emitted[2] as IncomingHttpHeaders, emitted);
      case 'connection':
      case 'secureConnection':
        return this.#connections.accept(emitted[1] as Socket, event === 'connection' && this.#isSecure, () =>
          this.#emit(emitted),
        );
      case 'session':
        this.#onSession(emitted[1] as ServerHttp2Session);
        return this.#emit(emitted);
      case 'upgrade':
      case 'connect':
        return this.#onUpgrade(emitted[1] as IncomingMessage, emitted[2] as Socket, emitted);
      case 'listening':
        this.#takeError = undefined;
        return this.#emit(emitted);
      case 'error':
        return this.#onError(emitted);
      case 'close':
        this.#hasClosed = true;
        return (this.#state === 'closing' && !this.#isFinished) || this.#emit(emitted);
      default:
        return this.#emit(emitted);
    }
  }

  /**
   * Until the server listens, its errors go to `take` alone: the start fails with them. A listener of a library must not turn one into an
   * uncaught exception first, as `ws` does where nobody listens to its own server.
   */
  takeErrors(take: (error: NodeJS.ErrnoException) => void): void {
    this.#takeError = take;
  }

  #onError(emitted: Emitted): boolean {
    const take = this.#takeError;
    if (take === undefined) return this.#emit(emitted);
    this.#takeError = undefined;
    take(emitted[1] as NodeJS.ErrnoException); // as: what a server emits
    return true;
  }

  #onSession(session: ServerHttp2Session): void {
    if (this.#connections.addSession(session) && this.#state === 'closing') session.close();
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, emitted: Emitted): boolean {
    if (request.httpVersionMajor > 1) return this.#emit(emitted); // a stream of HTTP/2, seen already
    const connection = this.connections.get(request.socket);
    if (connection === undefined) return this.#emit(emitted); // a program's own call, such as that of a test
    if (connection.isClosing || this.#isPipelinedTooLate(connection)) return true; // never run, so that the client may repeat it (N13)
    const OwnExchange = this.#isBun ? BunExchange : Http1Exchange;
    const exchange = new OwnExchange(connection, request, response, this.#now());
    const probe = this.#probes?.answer(request.method, request.url);
    // Held like any request: a client that connects anew for each probe would else be reset by the close of the listener.
    return this.#pass(exchange, emitted, probe);
  }

  /** A client that always has a request under way must not put off the end: the last one that is taken closes the connection (N14). */
  #isPipelinedTooLate({ exchanges }: Connection): boolean {
    return this.#state === 'closing' && exchanges.length > 0 && this.#now() > this.#pipelineUntil;
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, emitted: Emitted): boolean {
    const connection = this.#connections.ofSession(stream.session as ServerHttp2Session | undefined); // as: a server's
    if (connection === undefined) return this.#emit(emitted);
    const exchange = new Http2Exchange(connection, stream, headers, this.#now());
    return this.#pass(exchange, emitted, this.#probes?.answer(headers[':method'], headers[':path']));
  }

  /** Passes a request on to the program, or answers a probe: now, or when the state allows. */
  #pass(exchange: Exchange, emitted: Emitted, probe: Answer | Promise<Answer> | undefined): boolean {
    if (this.#state === 'open' && (this.intake.state === 'up' || probe !== undefined)) {
      if (probe === undefined) return this.#run(exchange, emitted);
      answerProbe(exchange, probe);
      return true;
    }
    exchange.hold();
    const pass = (): void => {
      if (probe === undefined && this.intake.state === 'restarting' && !exchange.isOver) {
        this.intake.wait(exchange, passSoon);
        return;
      }
      exchange.release();
      if (exchange.isOver) return;
      if (probe !== undefined) answerProbe(exchange, probe);
      else if (this.intake.state === 'up') this.#run(exchange, emitted);
      else exchange.answer(RESTARTING);
    };
    // In a turn of its own, so that a handler that throws takes no other request with it; and in the context in which it came (N3).
    const passSoon = AsyncResource.bind(() => void setImmediate(pass));
    if (this.#state === 'held') this.#held.push(passSoon);
    else if (this.#state === 'open') pass();
    else {
      exchange.closeAfterwards();
      // Passed on once all that came with it is parsed. An answer that left before would say `Connection: close`, and the requests that came
      // together with this one would never be run (N13). A body that came with it would count as still arriving.
      passSoon();
    }
    return true;
  }

  #run(exchange: Exchange, emitted: Emitted): boolean {
    try {
      return this.#emit(emitted);
    } catch (error) {
      exchange.fail();
      throw error;
    }
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, emitted: Emitted): boolean {
    const connection = this.connections.get(socket) ?? this.#connections.track(socket);
    const refuse = (retryAfter?: number): void => {
      connection.isClosing = true;
      UpgradedSocket.refuse(socket, retryAfter);
    };
    const pass = (): void => {
      if (this.#state !== 'open') {
        refuse();
        return;
      }
      connection.upgraded = new UpgradedSocket(socket, request.headers.upgrade);
      this.#emit(emitted);
    };
    if (this.#state === 'held') {
      socket.on('error', ignore); // Node has taken its own listener away
      this.#held.push(refuse);
    } else if (this.#state === 'closing' || connection.isClosing) refuse();
    else if (this.intake.state === 'up') pass();
    else this.intake.waitWithUpgrade(socket, this.#now(), pass, refuse);
    return true;
  }
}

function answerProbe(exchange: Exchange, probe: Answer | Promise<Answer>): void {
  whenAnswered(probe, (answer) => {
    exchange.answer(answer);
  });
}

function ignore(): void {
  return;
}
