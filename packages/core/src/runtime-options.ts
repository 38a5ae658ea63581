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

/** For runtime packages: throws `TypeError` where `signals` is neither `false` nor a list of names. */
export function checkSignals(signals: unknown): void {
  const isList = Array.isArray(signals) && signals.every((name) => typeof name === 'string');
  if (signals === undefined || signals === false || isList) return;
  throw new TypeError(`signals is ${typeof signals}: give a list of names such as ['SIGTERM'], or false for none`);
}

/** What serves HTTP in a reactor: `serveHttp`, `serveBun`, `serveDeno`. Times are in milliseconds. */
export interface ServeOptions {
  /** 0 is any free one. */
  readonly port: number;
  /** The address it listens on; default: the host's own. */
  readonly hostname?: string;
  /** Default `http`. */
  readonly name?: string;
  /** Started before it listens, stopped once it has drained (C52). */
  readonly needs?: readonly Service[];
  /** How long it still serves after the stop has begun, for balancers to notice; default 5 000 on Kubernetes, else 0 (N13). */
  readonly leadTime?: number;
  /** How long requests under way may take once it has closed; default: all that the phase has (N17). */
  readonly drainTimeout?: number;
  /** Paths that tell live and ready, default `/livez` and `/readyz`; with a `port`, on a server of their own, on loopback unless told otherwise. `false`: none (N12). */
  readonly probes?:
    false | { readonly live?: string; readonly ready?: string; readonly port?: number; readonly hostname?: string };
}

/** An HTTP server as a service. */
export interface HttpService extends Service {
  /** The port it got. */
  readonly port: number;
  /** What its probe says: true from `after startup` until the stop begins (N12). */
  readonly ready: boolean;
}

/** A handler as `Deno.serve` and `Bun.serve` take it. */
export type FetchHandler = (request: GlobalOf<'Request', never>) => HostResponse | PromiseLike<HostResponse>;

type HostResponse = GlobalOf<'Response', object>;
