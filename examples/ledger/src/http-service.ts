import { sleep } from '@triphase/core';
import type { Clock, Phases, Service, StopReason } from '@triphase/core';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { letOthersRun } from './database.ts';
import type { EntriesService } from './entries-service.ts';
import { HttpError } from './http-error.ts';
import { ListingFailedError, Routes } from './routes.ts';
import type { Answer } from './routes.ts';

const ADDRESS = '127.0.0.1';
/** After a stop so long: who sends on an open connection, or is still sending, is answered, not cut off. */
const GRACE_MS = 1_000;
/** The door closes when nobody has come in for so long: those whom the system has let in, but not we, would be cut off. */
const QUIET_MS = 50;
/** After the grace, answers under way get so long to reach their clients. */
const DRAIN_TIMEOUT_MS = 10_000;
/** A request that comes in slower than this is broken off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Listens once there is a database; at the end answers all that it has taken. */
export class HttpService implements Service {
  readonly name = 'http';
  readonly needs: readonly Service[];
  readonly startup: Phases = {
    during: () => this.#listen(),
    after: () => {
      this.#sayReady();
    },
  };
  readonly shutdown: Phases<StopReason> = {
    before: () => {
      this.#stopTaking();
    },
    during: ({ signal }) => this.#drain(signal),
  };

  readonly #clock: Clock;
  readonly #entries: EntriesService;
  readonly #port: () => number;
  readonly #server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS });
  /** Every open connection and how many requests of it are being answered. */
  readonly #connections: Map<Socket, number> = new Map();
  readonly #underWay: Set<Promise<void>> = new Set();
  readonly #unfinishedBodies = new AbortController();
  #ready = false;
  #stopping = false;
  #closesIdle = false;
  #lastConnection = 0;

  /** `port` is asked for when it starts. */
  constructor(clock: Clock, entries: EntriesService, port: () => number) {
    this.#clock = clock;
    this.#entries = entries;
    this.#port = port;
    this.needs = [entries];
  }

  status(): string {
    return `${this.#underWay.size} requests, ${this.#connections.size} connections`;
  }

  async #listen(): Promise<void> {
    const routes = new Routes({
      store: this.#entries.store,
      acknowledged: this.#entries.acknowledged,
      isReady: () => this.#ready,
      isStopping: () => this.#stopping,
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#lastConnection = this.#clock.now();
      this.#connections.set(socket, 0);
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#server.on('request', (request, response) => {
      const work = this.#answer(routes, request, response).finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    });
    this.#server.listen(this.#port(), ADDRESS);
    await once(this.#server, 'listening');
  }

  #sayReady(): void {
    this.#ready = true;
    // A string is only the address of a pipe.
    const { port } = this.#server.address() as AddressInfo;
    console.log(`listening on http://${ADDRESS}:${port} (pid ${process.pid})`);
  }

  async #answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    this.#connections.set(socket, (this.#connections.get(socket) ?? 0) + 1);
    response.once('close', () => {
      this.#release(socket);
    });
    const answer = await routes.answer(request, this.#unfinishedBodies.signal).catch(answerToError);
    // A connection with the rest of a body in it cannot carry another request.
    await send(response, answer, this.#stopping || !request.complete).catch(reportUnlessClientLeft);
  }

  #release(socket: Socket): void {
    const requests = this.#connections.get(socket);
    if (requests === undefined) return;
    this.#connections.set(socket, requests - 1);
    if (requests === 1 && this.#closesIdle) socket.destroySoon();
  }

  #stopTaking(): void {
    this.#ready = false;
    this.#stopping = true;
  }

  async #drain(signal: AbortSignal): Promise<void> {
    const graceEnd = this.#clock.now() + GRACE_MS;
    const closed = once(this.#server, 'close');
    await settlesWithin(this.#clock, GRACE_MS, Promise.all(this.#underWay), signal);
    await this.#nobodyComes(graceEnd, signal);
    // http.Server's own close would also cut the idle connections, in the face of a request that is on its way.
    NetServer.prototype.close.call(this.#server);
    if (await settlesWithin(this.#clock, graceEnd - this.#clock.now(), closed, signal)) return;
    await letOthersRun();
    this.#closesIdle = true;
    this.#unfinishedBodies.abort(new HttpError(503, 'the ledger is stopping; nothing was stored'));
    for (const [socket, requests] of this.#connections) if (requests === 0) socket.destroySoon();
    if (await settlesWithin(this.#clock, DRAIN_TIMEOUT_MS, closed, signal)) return;
    console.error(`cut off: ${this.status()}`);
    for (const socket of this.#connections.keys()) socket.destroy();
    // The entries must not be compared, nor the database close, under a statement of theirs.
    await Promise.all(this.#underWay);
  }

  async #nobodyComes(end: number, signal: AbortSignal): Promise<void> {
    let wait = QUIET_MS;
    do {
      await sleep(this.#clock, wait, { signal }).catch(nothing);
      // On a busy machine the time can pass before the loop has looked at its sockets once.
      await letOthersRun();
      wait = Math.min(end, this.#lastConnection + QUIET_MS) - this.#clock.now();
    } while (wait > 0 && !signal.aborted);
  }
}

function answerToError(error: unknown): Answer {
  if (error instanceof HttpError) {
    return { status: error.status, headers: error.headers, body: { value: { error: error.message } } };
  }
  console.error(error);
  return { status: 500, body: { value: { error: 'the ledger failed; an entry that was sent may be stored or not' } } };
}

/** Resolves when the operating system has the whole answer; rejects when the connection broke before. */
async function send(response: ServerResponse, { status, headers = {}, body }: Answer, close: boolean): Promise<void> {
  const text = 'value' in body ? JSON.stringify(body.value) : undefined;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    ...(text !== undefined && { 'Content-Length': Buffer.byteLength(text) }),
    ...(close && { Connection: 'close' }),
    ...headers,
  });
  await pipeline('pieces' in body ? body.pieces : [text], response);
}

/** A client that leaves early is its own affair; what was stored for it stays stored. */
function reportUnlessClientLeft(error: unknown): void {
  if (error instanceof ListingFailedError) console.error(error);
}

/** Whether `done` settles within `ms`; `false` at once when `signal` aborts. */
async function settlesWithin(clock: Clock, ms: number, done: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const timeout = sleep(clock, Math.max(0, ms), { signal: AbortSignal.any([signal, over.signal]) });
  try {
    return await Promise.race([done.then(() => true), timeout.catch(nothing).then(() => false)]);
  } finally {
    over.abort();
  }
}

const nothing = (): void => undefined;
