import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { readPageRequest, readText } from './entry-request.ts';
import type { PageRequest } from './entry-request.ts';
import type { EntriesService } from './entries-service.ts';
import type { Entry } from './entry-store.ts';
import { FEED_PATH, type Feed } from './feed.ts';
import { HttpError } from './http-error.ts';
import { pathOf } from './path-of.ts';
import { readBody } from './request-body.ts';

/** An answer. Its body is a value that is sent as JSON, or pieces of JSON text. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body: { readonly value: unknown } | { readonly pieces: AsyncIterable<string> };
}

/** The database failed in the middle of a listing, after a part of it was sent. */
export class ListingFailedError extends Error {
  constructor(cause: unknown) {
    super('a listing broke off', { cause });
    this.name = 'ListingFailedError';
  }
}

type Route = (request: IncomingMessage, query: string, signal: AbortSignal) => Answer | Promise<Answer>;

/** Maximum number of entries of a listing in memory: a thousand entries of 64 kB would be 64 MB per request. */
const PAGE_LENGTH = 100;

/** Finds the answer to a request. */
export class Routes {
  readonly #entries: EntriesService;
  readonly #feed: Feed;
  readonly #routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    '/entries': {
      GET: (_request, query) => this.#list(readPageRequest(new URLSearchParams(query))),
      POST: (request, query, signal) => this.#append(request, query, signal),
    },
    [FEED_PATH]: { GET: refuseFeed },
  };

  constructor(entries: EntriesService, feed: Feed) {
    this.#entries = entries;
    this.#feed = feed;
  }

  /**
   * The answer to a request. If `signal` aborts before there is an answer, it rejects with the reason of the signal. An entry is then not
   * stored if its statement has not begun.
   *
   * @throws HttpError if the request is wrong; other errors are failures of the ledger
   */
  async answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const { url = '' } = request;
    const path = pathOf(url);
    const methods = Object.hasOwn(this.#routes, path) ? this.#routes[path] : undefined;
    if (methods === undefined) {
      throw new HttpError(404, `there is no ${path}; there are ${Object.keys(this.#routes).join(' and ')}`);
    }
    const method = request.method ?? '';
    const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (route === undefined) {
      const allowed = Object.keys(methods).join(', ');
      throw new HttpError(405, `${path} takes ${allowed}, not ${method}`, { Allow: allowed });
    }
    return route(request, url.slice(path.length + 1), signal);
  }

  async #append(request: IncomingMessage, query: string, signal: AbortSignal): Promise<Answer> {
    if (query !== '') throw new HttpError(400, 'POST /entries takes no query');
    const text = readText(await readBody(request));
    try {
      return json(201, await this.#entries.append(text, signal));
    } finally {
      // Also after a failure, since the entry may be stored.
      this.#feed.advance();
    }
  }

  async #list(request: PageRequest): Promise<Answer> {
    const first = await this.#entries.store.page(request.after, Math.min(request.limit, PAGE_LENGTH));
    if (first.length < PAGE_LENGTH || request.limit === PAGE_LENGTH) return json(200, first);
    return { status: 200, body: { pieces: this.#pages(first, request.limit) } };
  }

  async *#pages(first: readonly Entry[], limit: number): AsyncGenerator<string> {
    let page = first;
    let remaining = limit;
    let separator = '[';
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      yield separator + page.map((entry) => JSON.stringify(entry)).join(',');
      separator = ',';
      remaining -= page.length;
      if (remaining === 0) break;
      page = await this.#entries.store.page(last.id, Math.min(remaining, PAGE_LENGTH)).catch(failListing);
    }
    yield ']';
  }
}

const json = (status: number, value: unknown): Answer => ({ status, body: { value } });

/** Answers a request for `/feed` that is no upgrade request. Those go to `Feed.upgrade`. */
function refuseFeed(): never {
  throw new HttpError(426, `${FEED_PATH} is a WebSocket`, { Upgrade: 'websocket' });
}

function failListing(cause: unknown): never {
  throw new ListingFailedError(cause);
}
