import type { Service } from '@triphase/core';
import {
  checkCallback,
  checkHostname,
  checkNeeds,
  checkPort,
  checkProbes,
  checkText,
  checkTime,
  copyServeOptions,
  type ProbeOptions,
} from './option-checks.ts';

/** Options of `serve`, `serveBun` and `serveDeno`. Times are in milliseconds. */
export interface FetchServiceOptions {
  /** The TCP port; 0 takes any free one. */
  readonly port: number;
  /** The address to bind. Default: all addresses. */
  readonly hostname?: string | undefined;
  /** What reports and pending lines call it. Default `http`. */
  readonly name?: string | undefined;
  /** Services that the handler uses: started before the server listens, stopped after the last answer. */
  readonly needs?: readonly Service[] | undefined;
  /** How long the server goes on accepting after a stop has begun. Default: 5 000 in Kubernetes where it is bound beyond loopback, else 0. */
  readonly leadTime?: number | undefined;
  /** How long requests under way may take once the listener is closed; then they are cut. Default: as long as `during shutdown` has. */
  readonly drainTimeout?: number | undefined;
  /** How long a WebSocket may take to close. Default 2 000. */
  readonly upgradeTimeout?: number | undefined;
  /** Closes your WebSockets or subscriptions in your own way. Without it WebSockets are closed with code 1001. */
  readonly onStop?: (() => unknown) | undefined;
  /** Where to ask whether the program lives and is ready; `false` for no probes at all. */
  readonly probes?: false | ProbeOptions | undefined;
}

const KEYS: readonly (keyof FetchServiceOptions)[] = [
  'port',
  'hostname',
  'name',
  'needs',
  'leadTime',
  'drainTimeout',
  'upgradeTimeout',
  'onStop',
  'probes',
];

/** Copies the options, so that each is read once. `own`: the names of the options that a host adds. Throws `TypeError` for an unknown key. */
export function copyFetchOptions<O extends FetchServiceOptions>(
  given: O,
  own: readonly (keyof O & string)[],
  what: string,
): O {
  return copyServeOptions(given, [...KEYS, ...own], what);
}

/** Throws `TypeError` for options that cannot work; each message says what to write instead. */
export function checkFetchOptions(what: string, options: FetchServiceOptions): void {
  const { port, hostname, name, needs, leadTime, drainTimeout, upgradeTimeout, onStop, probes } = options;
  checkText(what, 'name', name, 'a text');
  checkHostname(what, hostname);
  checkNeeds(what, needs);
  if ((port as unknown) === undefined)
    throw new TypeError(`${what} does not know where to listen: give a port; 0 takes any free one`);
  checkPort(what, 'port', port);
  checkTime(what, 'leadTime', leadTime);
  checkTime(what, 'drainTimeout', drainTimeout);
  checkTime(what, 'upgradeTimeout', upgradeTimeout);
  checkCallback(what, 'onStop', onStop);
  checkProbes(what, probes);
}
