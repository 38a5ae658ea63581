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
  isLoopback,
  wrongOption,
  type ProbeOptions,
} from '@triphase/core/serving';
import { isSystemdFd } from './listen-fds.ts';
import type { AnyServer } from './server.ts';

/** Options of {@link serveHttp}. Times are in milliseconds. */
export interface ServeHttpOptions {
  /** The TCP port; 0 takes any free one. */
  readonly port?: number | undefined;
  /** A unix socket to listen on, instead of a port. */
  readonly path?: string | undefined;
  /**
   * A file descriptor that listens already, handed over by the parent process, instead of a port. `'systemd'` takes the one socket that
   * systemd has passed, `'systemd:NAME'` that with the `FileDescriptorName=` NAME (N19).
   */
  readonly fd?: number | 'systemd' | `systemd:${string}` | undefined;
  /** The address to bind. Default: all addresses. */
  readonly hostname?: string | undefined;
  /** Its name in reports and pending lines. Default `http`. */
  readonly name?: string | undefined;
  /** Services that answering needs: started before the server listens, stopped after the last answer. */
  readonly needs?: readonly Service[] | undefined;
  /** How long the server goes on accepting after a stop has begun. Default: 5 000 in Kubernetes where it is bound beyond loopback, else 0. */
  readonly leadTime?: number | undefined;
  /** How long requests under way may take once the listener is closed; then they are cut. Default: as long as `during shutdown` has. */
  readonly drainTimeout?: number | undefined;
  /** How long an idle connection stays open after the listener has closed, or after its last answer. Default 500. */
  readonly idleGrace?: number | undefined;
  /** How long an upgraded connection, such as a WebSocket, may take to close. Default 2 000. */
  readonly upgradeTimeout?: number | undefined;
  /** Closes your WebSockets or subscriptions in your own way. Without it WebSockets are closed with code 1001. */
  readonly onStop?: (() => unknown) | undefined;
  /** Where to ask whether the program lives and is ready; `false` for no probes at all. */
  readonly probes?: false | ProbeOptions | undefined;
  /** For frameworks that listen themselves: called instead of `server.listen()`, and awaited. */
  readonly open?: (() => unknown) | undefined;
  /** Called after the last answer, and when `open` fails; awaited: `() => fastify.close()`. */
  readonly close?: (() => unknown) | undefined;
}

const KEYS: readonly (keyof ServeHttpOptions)[] = [
  'port',
  'path',
  'fd',
  'hostname',
  'name',
  'needs',
  'leadTime',
  'drainTimeout',
  'idleGrace',
  'upgradeTimeout',
  'onStop',
  'probes',
  'open',
  'close',
];
const WHAT = 'serveHttp()';
const TIMES = ['leadTime', 'drainTimeout', 'idleGrace', 'upgradeTimeout'] as const;
const FUNCTIONS = ['onStop', 'open', 'close'] as const;

/** The lead time in Kubernetes: endpoints need a few seconds to forget a pod. Milliseconds. */
const KUBERNETES_LEAD_MS = 5_000;

/** Copies the options, so that each is read once. Throws `TypeError` for an unknown key (C65). */
export function copyOptions(given: ServeHttpOptions): ServeHttpOptions {
  return copyServeOptions(given, KEYS, WHAT);
}

/** Throws `TypeError` or `RangeError` for options that cannot work; each message says what to write instead. */
export function checkOptions(server: AnyServer, options: ServeHttpOptions): void {
  const { port, path, fd, hostname, name, needs, probes } = options;
  checkText(WHAT, 'name', name, 'a text');
  checkHostname(WHAT, hostname);
  checkNeeds(WHAT, needs);
  checkPort(WHAT, 'port', port);
  checkText(WHAT, 'path', path, 'the path of a socket');
  if (fd !== undefined && !isSystemdFd(fd) && !(Number.isInteger(fd) && fd >= 0))
    throw wrongOption(WHAT, 'fd', fd, 'the number of a file descriptor, "systemd", or "systemd:" and a name');
  for (const key of TIMES) checkTime(WHAT, key, options[key]);
  for (const key of FUNCTIONS) checkCallback(WHAT, key, options[key]);
  checkTarget(server, options);
  checkProbes(WHAT, probes);
}

/** There is exactly one way to listen. */
function checkTarget(server: AnyServer, options: ServeHttpOptions): void {
  const given = (['port', 'path', 'fd', 'open'] as const).filter((key) => options[key] !== undefined);
  if (given.length > 1) {
    throw new TypeError(`serveHttp() got ${given.join(' and ')}: give one of them, each says where to listen`);
  }
  if (server.listening && given.length > 0) {
    throw new TypeError(`serveHttp() got ${String(given[0])}, but the server listens already: leave it out`);
  }
  if (!server.listening && given.length === 0) {
    throw new TypeError(
      'serveHttp() does not know where to listen: give port, path or fd, or open where a framework listens itself',
    );
  }
  if (options.hostname !== undefined && options.port === undefined && options.open === undefined)
    throw new TypeError('serveHttp() got hostname without port: give port too, or leave hostname out');
}

/** The lead time where none is given: for a server that a balancer can reach, in Kubernetes (N13). */
export function defaultLeadTime(server: AnyServer, { hostname, path }: ServeHttpOptions): number {
  if (!isInKubernetes() || path !== undefined) return 0;
  const address = server.address();
  if (typeof address === 'string') return 0; // a unix socket
  return isLoopback(address?.address ?? hostname) ? 0 : KUBERNETES_LEAD_MS;
}

/** Kubernetes sets this in each container. */
export function isInKubernetes(): boolean {
  return globalThis.process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
}
