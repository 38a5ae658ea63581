import { checkKeys, type Service } from '@triphase/core';
import type { ProbePaths } from '@triphase/core/serving';
import { isLoopback } from './address.ts';
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
  /** What reports and pending lines call it. Default `http`. */
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

/** Where probes are answered. */
export interface ProbeOptions extends ProbePaths {
  /** A port for the probes alone. Default: the server's own port. */
  readonly port?: number | undefined;
  /** The address of that port. Default: loopback; in Kubernetes the server's `hostname`. */
  readonly hostname?: string | undefined;
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
const PROBE_KEYS: readonly (keyof ProbeOptions)[] = ['live', 'ready', 'port', 'hostname'];
const TIMES = ['leadTime', 'drainTimeout', 'idleGrace', 'upgradeTimeout'] as const;
const FUNCTIONS = ['onStop', 'open', 'close'] as const;

/** The lead time in Kubernetes: endpoints need a few seconds to forget a pod. Milliseconds. */
const KUBERNETES_LEAD_MS = 5_000;

/** Copies the options, so that each is read once. Throws `TypeError` for an unknown key (C65). */
export function copyOptions(given: ServeHttpOptions): ServeHttpOptions {
  checkKeys(given, KEYS, 'serveHttp()');
  const options = { ...given };
  const { probes } = options;
  if (typeof probes !== 'object' || (probes as unknown) === null) return options;
  checkKeys(probes, PROBE_KEYS, 'The option probes of serveHttp()');
  return { ...options, probes: { ...probes } };
}

/** Throws `TypeError` or `RangeError` for options that cannot work; each message says what to write instead. */
export function checkOptions(server: AnyServer, options: ServeHttpOptions): void {
  const { port, path, fd, hostname, name, needs, probes } = options;
  if (name !== undefined && (typeof name !== 'string' || name === '')) throw wrong('name', name, 'a text');
  if (hostname !== undefined && typeof hostname !== 'string') throw wrong('hostname', hostname, 'an address');
  const areServices = needs === undefined || (Array.isArray(needs) && needs.every((need) => typeof need === 'object'));
  if (!areServices)
    throw new TypeError('serveHttp(): needs takes services, not names: give what app.use() has returned');
  checkPort('port', port);
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw wrong('path', path, 'the path of a socket');
  if (fd !== undefined && !isSystemdFd(fd) && !(Number.isInteger(fd) && fd >= 0))
    throw wrong('fd', fd, 'the number of a file descriptor, "systemd", or "systemd:" and a name');
  for (const key of TIMES) checkTime(key, options[key]);
  for (const key of FUNCTIONS) {
    if (options[key] !== undefined && typeof options[key] !== 'function') throw wrong(key, options[key], 'a function');
  }
  checkTarget(server, options);
  if (probes === undefined || probes === false) return;
  if (typeof probes !== 'object' || (probes as unknown) === null) throw wrong('probes', probes, 'false or an object');
  checkPort('probes.port', probes.port);
  for (const key of ['live', 'ready'] as const) {
    const value: unknown = probes[key];
    if (value === undefined || value === false) continue;
    if (typeof value !== 'string' || !/^\/[^?#\s]*$/.test(value))
      throw wrong(`probes.${key}`, value, 'a path such as "/healthz", or false');
  }
  if (probes.hostname !== undefined && probes.port === undefined)
    throw new TypeError(
      'serveHttp(): probes.hostname without probes.port: give a port for the probes, or leave both out',
    );
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

function checkPort(key: string, port: unknown): void {
  if (port === undefined || (Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535)) return;
  if (typeof port === 'string')
    throw new TypeError(`serveHttp(): ${key} is the string "${port}": give a number, such as Number(process.env.PORT)`);
  throw wrong(key, port, 'a whole number from 0 to 65535');
}

function checkTime(key: string, ms: unknown): void {
  if (ms === undefined || (typeof ms === 'number' && ms >= 0)) return;
  throw wrong(key, ms, 'milliseconds, 0 or more');
}

function wrong(key: string, value: unknown, instead: string): TypeError {
  const shown =
    typeof value === 'number'
      ? String(value)
      : typeof value === 'string'
        ? `"${value}"`
        : typeof value === 'boolean'
          ? String(value)
          : typeof value;
  return new TypeError(`serveHttp(): ${key} is ${shown}: give ${instead}`);
}
