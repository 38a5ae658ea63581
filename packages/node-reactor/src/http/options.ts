import {
  checkCallback,
  checkCommonOptions,
  checkPort,
  checkText,
  checkTime,
  copyServeOptions,
  isLoopback,
  wrongOption,
  type CommonServeOptions,
} from '@triphase/core/serving';
import { isSystemdFd } from './listen-fds.ts';
import type { AnyServer } from './server.ts';

/** Options of {@link serveHttp}. Times are in milliseconds. */
export interface ServeHttpOptions extends CommonServeOptions {
  /** The TCP port; 0 takes any free one. */
  readonly port?: number | undefined;
  /** A unix socket to listen on, instead of a port. */
  readonly path?: string | undefined;
  /**
   * A file descriptor that listens already, handed over by the parent process, instead of a port. `'systemd'` takes the one socket that
   * systemd has passed, `'systemd:NAME'` that with the `FileDescriptorName=` NAME (N19).
   */
  readonly fd?: number | 'systemd' | `systemd:${string}` | undefined;
  /** How long an idle connection stays open after the listener has closed, or after its last answer. Default 500. */
  readonly idleGrace?: number | undefined;
  /** For frameworks that listen themselves: called instead of `server.listen()`, and awaited. */
  readonly open?: (() => unknown) | undefined;
  /** Called after the last answer, and when `open` fails; awaited: `() => fastify.close()`. */
  readonly close?: (() => unknown) | undefined;
}

const OWN_KEYS = ['port', 'path', 'fd', 'idleGrace', 'open', 'close'] as const;
const WHAT = 'serveHttp()';

/** The lead time in Kubernetes: endpoints need a few seconds to forget a pod. Milliseconds. */
const KUBERNETES_LEAD_MS = 5_000;

/** Copies the options, so that each is read once. Throws `TypeError` for an unknown key (C65). */
export function copyOptions(given: ServeHttpOptions): ServeHttpOptions {
  return copyServeOptions(given, OWN_KEYS, WHAT);
}

/** Throws `TypeError` or `RangeError` for options that cannot work; each message says what to write instead. */
export function checkOptions(server: AnyServer, options: ServeHttpOptions): void {
  const { port, path, fd, idleGrace } = options;
  checkPort(WHAT, 'port', port);
  checkText(WHAT, 'path', path, 'the path of a socket');
  if (fd !== undefined && !isSystemdFd(fd) && !(Number.isInteger(fd) && fd >= 0))
    throw wrongOption(WHAT, 'fd', fd, 'the number of a file descriptor, "systemd", or "systemd:" and a name');
  checkTime(WHAT, 'idleGrace', idleGrace);
  for (const key of ['open', 'close'] as const) checkCallback(WHAT, key, options[key]);
  checkCommonOptions(WHAT, options);
  checkTarget(server, options);
}

/** There is exactly one way to listen. */
function checkTarget(server: AnyServer, options: ServeHttpOptions): void {
  const given = (['port', 'path', 'fd', 'open'] as const).filter((key) => options[key] !== undefined);
  if (given.length > 1) {
    throw new TypeError(`${WHAT} got ${given.join(' and ')}: give one of them, each says where to listen`);
  }
  if (server.listening && given.length > 0) {
    throw new TypeError(`${WHAT} got ${String(given[0])}, but the server listens already: leave it out`);
  }
  if (!server.listening && given.length === 0) {
    throw new TypeError(
      `${WHAT} does not know where to listen: give port, path or fd, or open where a framework listens itself`,
    );
  }
  if (options.hostname !== undefined && options.port === undefined && options.open === undefined)
    throw new TypeError(`${WHAT} got hostname without port: give both, or neither`);
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
