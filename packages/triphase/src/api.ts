import type {
  AnyEvents,
  HostAbortSignal,
  ProcessOptions,
  ReactorBase,
  ReactorOptions,
  RunResult,
} from '@triphase/core';
import type { FetchServiceOptions, HttpFetchService, FetchRequest, FetchResponse } from '@triphase/core/serving';

/** Options of {@link RunService} and {@link RunMain}: those that every host with processes has. */
export interface RunOptions extends ReactorOptions, ProcessOptions {}

/**
 * The reactor of this host: `NodeReactor` on Node and Bun, `DenoReactor` on Deno, `BrowserReactor` on a page, elsewhere one over `setTimeout`.
 * `options`: what every reactor has; for options of one host make its own reactor from its package.
 */
export type CreateReactor = <E extends object = AnyEvents>(options?: ReactorOptions) => ReactorBase<E>;

/**
 * For services: `setup` registers services and triggers, and is awaited; then the reactor starts, and runs until it is stopped by a signal
 * or `app.stop()`. Resolves with the result of the run; rejects with `StartupFailedError` when the start failed. On Node, Deno and Bun;
 * rejects with `HostMissingError` elsewhere.
 */
export type RunService = <E extends object = AnyEvents>(
  setup: (app: ReactorBase<E>) => unknown,
  options?: RunOptions,
) => Promise<RunResult>;

/**
 * For scripts: `main` is called once the reactor runs; when it settles the reactor stops, and what the reactor uses is closed in order. Resolves
 * with the result of the run. On Node, Deno and Bun; rejects with `HostMissingError` elsewhere.
 */
export type RunMain = <E extends object = AnyEvents>(
  main: (app: ReactorBase<E>) => unknown,
  options?: RunOptions,
) => Promise<RunResult>;

/** Makes the answer to a request. */
export type Handler = (request: FetchRequest) => FetchResponse | PromiseLike<FetchResponse>;

/** Options of {@link Serve}. Times are in milliseconds. */
export type ServeOptions = FetchServiceOptions;

/** A server of {@link Serve}, as a service. */
export type HttpService = HttpFetchService;

/**
 * A fetch handler as a service: pass it to `app.use()`. It listens once what it needs has started, and stops with no request broken. It
 * runs over `serveHttp` on Node, over `Deno.serve` on Deno, and over `Bun.serve` on Bun. `GET /livez` and `/readyz` are answered unless
 * `probes` is `false`.
 *
 * A handler that throws is reported, and its client gets 500. Throws `TypeError` for options that cannot work, `HostMissingError` where there
 * is no server. A port that is taken fails the start with `ListenError`.
 */
export type Serve = (handler: Handler, options: ServeOptions) => HttpService;

/**
 * The signal of one request under {@link Serve}: aborts with `RequestCutError` when a stop cuts it, and when its client goes away. Deno aborts it
 * after each answer too. Throws `TypeError` for anything but the request that the handler got.
 */
export type RequestSignal = (request: FetchRequest) => HostAbortSignal;
