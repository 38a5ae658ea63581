import type { GlobalOf } from './host.ts';
import type { Service } from './services.ts';

// Options that several runtime packages share live here, since those packages never import one another.

/** What a reactor may do to its process: node-reactor, deno-shim. */
export interface ProcessOptions {
  /** `false`, or the signals to own instead of the usual ones. */
  readonly signals?: false | readonly string[];
  /** `false` leaves the exit status alone. */
  readonly exitCode?: boolean;
  /** After a signal: the status (default), or the true signal again. */
  readonly exit?: 'code' | 'signal';
  /** `false` never ends a process that something holds. */
  readonly forceExit?: boolean;
}

/** What serves HTTP in a reactor: `serveHttp`, `serveBun`, `serveDeno`. Times are in milliseconds. */
export interface ServeOptions {
  /** 0 is any free one. */
  readonly port: number;
  readonly hostname?: string;
  /** Default `http`. */
  readonly name?: string;
  readonly needs?: readonly Service[];
  readonly leadTime?: number;
  readonly drainTimeout?: number;
  readonly probes?:
    false | { readonly live?: string; readonly ready?: string; readonly port?: number; readonly hostname?: string };
}

/** An HTTP server as a service. */
export interface HttpService extends Service {
  /** The port it got. */
  readonly port: number;
  readonly ready: boolean;
}

/** A handler as `Deno.serve` and `Bun.serve` take it. */
export type FetchHandler = (request: GlobalOf<'Request', never>) => HostResponse | PromiseLike<HostResponse>;

type HostResponse = GlobalOf<'Response', object>;
