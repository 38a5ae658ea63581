import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { readPageRequest, readText } from './entry-request.ts';
import type { PageRequest } from './entry-request.ts';
import type { Entry, EntryStore } from './entry-store.ts';
import { HttpError } from './http-error.ts';
import type { IdRanges } from './id-ranges.ts';
import { readBody } from './request-body.ts';

/** What is sent back; a body that is not a value is JSON in pieces. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body: { readonly value: unknown } | { readonly pieces: AsyncIterable<string> };
}

/** What the routes work with. */
export interface RoutesOptions {
  readonly store: EntryStore;
  /** Gets the id of every entry before its 201 is written. */
  readonly acknowledged: IdRanges;
  /** What `GET /readyz` says. */
  readonly isReady: () => boolean;
  /** Once true, entries are neither taken nor listed: 503. */
  readonly isStopping: () => boolean;
}

/** The database failed in the middle of a listing, which the client has begun to get. */
export class ListingFailedError extends Error {
  constructor(cause: unknown) {
    super('a listing broke off', { cause });
    this.name = 'ListingFailedError';
  }
}

type Route = (request: IncomingMessage, query: string, signal: AbortSignal) => Answer | Promise<Answer>;

/** So much of a listing is in memory at once: a thousand entries of 64 kB would be 64 MB for each who asks. */
const PAGE_LENGTH = 100;

/** Which request gets which answer; knows nothing of connections. */
export class Routes {
  readonly #options: RoutesOptions;
  readonly #routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    '/entries': {
      GET: (_request, query) => this.#list(readPageRequest(new URLSearchParams(query))),
      POST: (request, query, signal) => this.#append(request, query, signal),
    },
    '/livez': { GET: () => json(200, { status: 'live' }) },
    '/readyz': { GET: () => this.#readiness() },
  };

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /**
   * Rejects with what `signal` aborts with when it does before the body of the request has come.
   *
   * @throws HttpError for what the client did wrong; anything else is a failure of the ledger
   */
  async answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const methods = Object.hasOwn(this.#routes, path) ? this.#routes[path] : undefined;
    if (methods === undefined) throw new HttpError(404, `there is no ${path}; there is /entries`);
    const method = request.method ?? '';
    const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (route === undefined) {
      const allowed = Object.keys(methods).join(', ');
      throw new HttpError(405, `${path} takes ${allowed}, not ${method}`, { Allow: allowed });
    }
    return route(request, mark < 0 ? '' : url.slice(mark + 1), signal);
  }

  async #append(request: IncomingMessage, query: string, signal: AbortSignal): Promise<Answer> {
    this.#refuseWhenStopping();
    if (query !== '') throw new HttpError(400, 'POST /entries takes no query');
    const text = readText(await readBody(request, signal));
    const entry = await this.#options.store.append(text);
    // Before the answer leaves: nothing that a client has seen can be missing from the audit.
    this.#options.acknowledged.add(entry.id);
    return json(201, entry);
  }

  async #list(request: PageRequest): Promise<Answer> {
    this.#refuseWhenStopping();
    const first = await this.#options.store.page(request.after, Math.min(request.limit, PAGE_LENGTH));
    if (first.length < PAGE_LENGTH || request.limit === PAGE_LENGTH) return json(200, first);
    return { status: 200, body: { pieces: this.#pages(first, request.limit) } };
  }

  async *#pages(first: readonly Entry[], limit: number): AsyncGenerator<string> {
    let page = first;
    let left = limit;
    let separator = '[';
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      yield separator + page.map((entry) => JSON.stringify(entry)).join(',');
      separator = ',';
      left -= page.length;
      if (left === 0) break;
      page = await this.#options.store.page(last.id, Math.min(left, PAGE_LENGTH)).catch(failListing);
    }
    yield ']';
  }

  #readiness(): Answer {
    if (this.#options.isReady()) return json(200, { status: 'ready' });
    throw new HttpError(503, this.#options.isStopping() ? 'the ledger is stopping' : 'the ledger is starting');
  }

  #refuseWhenStopping(): void {
    if (this.#options.isStopping()) throw new HttpError(503, 'the ledger is stopping; nothing was stored');
  }
}

const json = (status: number, value: unknown): Answer => ({ status, body: { value } });

function failListing(cause: unknown): never {
  throw new ListingFailedError(cause);
}
