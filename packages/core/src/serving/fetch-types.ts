import type { AbortSignalLike, GlobalOf } from '@triphase/core';

/** The parts of the host's `Headers` that are used here. */
export interface HeadersLike {
  /** Null where there is none. */
  get(name: string): string | null;
  /** Throws where headers cannot be changed. */
  set(name: string, value: string): void;
}

/** The parts of the host's `ReadableStream` that are used here. */
export interface StreamLike {
  /** Locks the stream. */
  getReader(): StreamReader;
}

/** A reader of a stream. */
export interface StreamReader {
  /** One piece, or the end. */
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  /** Nobody wants the rest. */
  cancel(reason?: unknown): Promise<unknown>;
}

/** The parts of the host's `Request` that are used here. */
export interface RequestLike {
  /** Such as `GET`. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** Its headers. */
  readonly headers: HeadersLike;
  /** Null where there is none. */
  readonly body: StreamLike | null;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignalLike;
}

/** The parts of the host's `Response` that are used here. */
export interface ResponseLike {
  /** The status of HTTP. */
  readonly status: number;
  /** The reason phrase. */
  readonly statusText: string;
  /** Its headers. */
  readonly headers: HeadersLike;
  /** Null where there is none. */
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
