import { checkKeys, type Service } from '@triphase/core';

/** Where probes are answered. */
export interface ProbeOptions {
  /** Default `/livez`; `false` for none. */
  readonly live?: string | false | undefined;
  /** Default `/readyz`; `false` for none. */
  readonly ready?: string | false | undefined;
  /** A port for the probes alone. Default: the server's own port. */
  readonly port?: number | undefined;
  /** The address of that port. Default: loopback; in Kubernetes the server's `hostname`. */
  readonly hostname?: string | undefined;
}

/** The options that each function that serves has. Times are in milliseconds. */
export interface CommonServeOptions {
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
  /** How long an upgraded connection, such as a WebSocket, may take to close. Default 2 000. */
  readonly upgradeTimeout?: number | undefined;
  /** Closes your WebSockets or subscriptions in your own way. Without it WebSockets are closed with code 1001. */
  readonly onStop?: (() => unknown) | undefined;
  /** Where to ask whether the program lives and is ready; `false` for no probes at all. */
  readonly probes?: false | ProbeOptions | undefined;
}

const TIMES = ['leadTime', 'drainTimeout', 'upgradeTimeout'] as const;
const COMMON_KEYS: readonly (keyof CommonServeOptions)[] = ['hostname', 'name', 'needs', ...TIMES, 'onStop', 'probes'];
const PROBE_KEYS: readonly (keyof ProbeOptions)[] = ['live', 'ready', 'port', 'hostname'];

/**
 * Copies the options, so that each is read once. Throws `TypeError` for an unknown key (C65). `own`: the keys that are not common;
 * `what`: `serveHttp()`.
 */
export function copyServeOptions<O extends CommonServeOptions>(
  given: O,
  own: readonly (keyof O & string)[],
  what: string,
): O {
  checkKeys(given, [...own, ...COMMON_KEYS], what);
  const options = { ...given };
  const { probes } = options;
  if (typeof probes !== 'object' || (probes as unknown) === null) return options;
  checkKeys(probes, PROBE_KEYS, `The option probes of ${what}`);
  return { ...options, probes: { ...probes } };
}

/** Throws `TypeError` for a common option that cannot work; the message says what to write instead. */
export function checkCommonOptions(what: string, options: CommonServeOptions): void {
  const { hostname, name, needs, onStop, probes } = options;
  checkText(what, 'name', name, 'a text');
  if (hostname !== undefined && typeof hostname !== 'string')
    throw wrongOption(what, 'hostname', hostname, 'an address');
  checkNeeds(what, needs);
  for (const key of TIMES) checkTime(what, key, options[key]);
  checkCallback(what, 'onStop', onStop);
  checkProbes(what, probes);
}

/** Throws `TypeError` unless it is undefined or a text. */
export function checkText(what: string, key: string, text: unknown, instead: string): void {
  if (text !== undefined && (typeof text !== 'string' || text === '')) throw wrongOption(what, key, text, instead);
}

/** Throws `TypeError` unless these are services. */
function checkNeeds(what: string, needs: readonly Service[] | undefined): void {
  if (needs === undefined || (Array.isArray(needs) && needs.every((need) => typeof need === 'object'))) return;
  throw new TypeError(`${what}: needs takes services, not names: give what app.use() has returned`);
}

/** Throws `TypeError` unless it is undefined or a port. */
export function checkPort(what: string, key: string, port: unknown): void {
  if (port === undefined || (Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535)) return;
  if (typeof port === 'string')
    throw new TypeError(`${what}: ${key} is the string "${port}": give a number, such as Number(process.env.PORT)`);
  throw wrongOption(what, key, port, 'a whole number from 0 to 65535');
}

/** Throws `TypeError` unless it is undefined or milliseconds. */
export function checkTime(what: string, key: string, ms: unknown): void {
  if (ms === undefined || (typeof ms === 'number' && ms >= 0)) return;
  throw wrongOption(what, key, ms, 'milliseconds, 0 or more');
}

/** Throws `TypeError` unless it is undefined or a function. */
export function checkCallback(what: string, key: string, fn: unknown): void {
  if (fn !== undefined && typeof fn !== 'function') throw wrongOption(what, key, fn, 'a function');
}

/** Throws `TypeError` unless it says where probes are answered. */
function checkProbes(what: string, probes: false | ProbeOptions | undefined): void {
  if (probes === undefined || probes === false) return;
  if (typeof probes !== 'object' || (probes as unknown) === null)
    throw wrongOption(what, 'probes', probes, 'false or an object');
  checkPort(what, 'probes.port', probes.port);
  for (const key of ['live', 'ready'] as const) {
    const value: unknown = probes[key];
    if (value === undefined || value === false) continue;
    if (typeof value !== 'string' || !/^\/[^?#\s]*$/.test(value))
      throw wrongOption(what, `probes.${key}`, value, 'a path such as "/healthz", or false');
  }
  if (probes.hostname !== undefined && probes.port === undefined)
    throw new TypeError(`${what}: probes.hostname without probes.port: give both, or neither`);
}

/** The error for an option that cannot work. */
export function wrongOption(what: string, key: string, value: unknown, instead: string): TypeError {
  const shown = typeof value === 'string' ? `"${value}"` : value instanceof Object ? typeof value : String(value);
  return new TypeError(`${what}: ${key} is ${shown}: give ${instead}`);
}
