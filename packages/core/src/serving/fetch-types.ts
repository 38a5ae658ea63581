import type { AbortSignalLike, GlobalOf } from '../ground/host.ts';

/** The parts of the host's `Headers` that are used here. */
export interface HeadersLike {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

/** The parts of the host's `ReadableStream` that are used here. */
export interface StreamLike {
  getReader(): StreamReader;
}

/** A reader of a stream. */
export interface StreamReader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  cancel(reason?: unknown): Promise<unknown>;
}

/** The parts of the host's `Request` that are used here. */
export interface RequestLike {
  readonly method: string;
  readonly url: string;
  readonly headers: HeadersLike;
  readonly body: StreamLike | null;
  readonly bodyUsed: boolean;
  readonly signal: AbortSignalLike;
}

/** The parts of the host's `Response` that are used here. */
export interface ResponseLike {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeadersLike;
  readonly body: StreamLike | null;
}

/** The host's `Request`. */
export type FetchRequest = GlobalOf<'Request', RequestLike>;
/** The host's `Response`. */
export type FetchResponse = GlobalOf<'Response', ResponseLike>;

/** Makes the answer to a request. `extra`: what the host passes besides, such as Bun's server. */
export type FetchHandler<Extra extends readonly unknown[] = readonly unknown[], R = FetchResponse> = (
  request: FetchRequest,
  ...extra: Extra
) => R | PromiseLike<R>;

interface StreamSource {
  pull(controller: { enqueue(chunk: unknown): void; close(): void }): unknown;
  cancel(reason: unknown): unknown;
}

interface FetchGlobals {
  readonly Headers: new (init?: HeadersLike | Readonly<Record<string, string>>) => HeadersLike;
  readonly Response: new (
    body: string | StreamLike | null,
    init: { readonly status: number; readonly statusText?: string; readonly headers: HeadersLike },
  ) => ResponseLike;
  readonly Request: new (
    url: string,
    init: {
      readonly method: string;
      readonly headers: HeadersLike;
      readonly body: Uint8Array | StreamLike;
      readonly duplex: 'half';
    },
  ) => RequestLike;
  readonly ReadableStream: new (source: StreamSource, strategy: { readonly highWaterMark: number }) => StreamLike;
}

/** The classes of the Fetch standard. Core is compiled without the types of any host. */
export const fetchGlobals: FetchGlobals = globalThis as unknown as FetchGlobals; // as: hosts that serve have them
