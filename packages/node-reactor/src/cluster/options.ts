import { background, checkKeys, checkMilliseconds, type Logger, type RestartOptions } from '@triphase/core';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeReactor } from '../node-reactor.ts';
import { watchedPaths } from './watched-places.ts';

/** Options of {@link runCluster}. Times are in milliseconds. */
export interface ClusterOptions {
  /** How many workers serve. Default 2. */
  readonly workers?: number | undefined;
  /** How many more there may be while a reload replaces them. Default 1: one worker after the other. */
  readonly surge?: number | undefined;
  /** How long a worker may take from its start until its whole startup is over. Default 30 000. */
  readonly readyTimeout?: number | undefined;
  /** How long a worker may take to stop; then it is killed. Default 27 000: two seconds above the deadline of a worker (N8). */
  readonly drainTimeout?: number | undefined;
  /** When and how often a worker that has ended by itself is started again (C59). Default `true`; `false`: its end ends the primary. */
  readonly restart?: boolean | RestartOptions | undefined;
  /**
   * Reloads when programs change: `true` for the folder of `main`, or paths of folders and files. In a folder, and in the folders inside
   * it, files such as `.js`, `.mjs`, `.ts`, `.tsx`, `.wasm` and `.node` are watched, but nothing hidden or in `node_modules`. A file that
   * is named is watched whatever it is. Links are followed. Default `false`.
   */
  readonly watch?: boolean | readonly string[] | undefined;
  /** A port of the primary for `/livez`, `/readyz` and `/statusz`. Default: none. */
  readonly probes?: false | ClusterProbeOptions | undefined;
  /** The arguments of the workers. Default: none. */
  readonly args?: readonly string[] | undefined;
  /** Where the primary prints. Default: `console`. */
  readonly logger?: Logger | undefined;
  /** Registers services and triggers of the primary; awaited before the workers start. */
  readonly setup?: ((primary: NodeReactor) => unknown) | undefined;
}

/** Where the primary tells the state of the whole cluster. */
export interface ClusterProbeOptions {
  /** The TCP port; 0 takes any free one. */
  readonly port: number;
  /** The address to bind. Default: loopback. */
  readonly hostname?: string | undefined;
}

/** The checked options, with their defaults. */
export interface ClusterSettings {
  /** The file that the workers run. */
  readonly main: string;
  readonly workers: number;
  readonly surge: number;
  readonly readyTimeout: number;
  readonly drainTimeout: number;
  readonly restart: boolean | RestartOptions;
  /** What to watch: asked again after each change, since links may lead elsewhere. */
  readonly watch: (() => readonly string[]) | undefined;
  readonly probes: ClusterProbeOptions | undefined;
  readonly args: readonly string[];
  readonly logger: Logger | undefined;
  readonly setup: ((primary: NodeReactor) => unknown) | undefined;
}

const KEYS: readonly (keyof ClusterOptions)[] = [
  'workers',
  'surge',
  'readyTimeout',
  'drainTimeout',
  'restart',
  'watch',
  'probes',
  'args',
  'logger',
  'setup',
];

/** Checks the options and copies them. Throws `TypeError` and `RangeError`; each message says what to write instead. */
export function takeClusterOptions(main: string | URL, given: ClusterOptions): ClusterSettings {
  checkKeys(given, KEYS, 'runCluster()');
  const { workers = 2, surge = 1, readyTimeout = 30_000, drainTimeout = 27_000, restart = true } = given;
  const { watch = false, probes = false, args = [], logger, setup } = given;
  const file = fileOf(main);
  checkCount('workers', workers);
  checkCount('surge', surge);
  checkTime('readyTimeout', readyTimeout);
  checkTime('drainTimeout', drainTimeout);
  background('worker', () => undefined, { restart }); // checks the policy now, not when the workers are made
  const watched = takeWatch(watch);
  checkTexts('args', args);
  if (setup !== undefined && typeof setup !== 'function') throw wrong('setup', setup, 'a function');
  return {
    main: file,
    workers,
    surge,
    readyTimeout,
    drainTimeout,
    restart,
    watch: watched === false ? undefined : () => watchedPaths(file, watched),
    probes: takeProbes(probes),
    args: [...args],
    logger,
    setup,
  };
}

function fileOf(main: unknown): string {
  if (typeof main !== 'string' && !(main instanceof URL))
    throw new TypeError(
      `runCluster() got ${typeof main} as its program: give its URL, such as new URL('server.js', import.meta.url)`,
    );
  const isUrl = main instanceof URL || main.startsWith('file:');
  const file = isUrl ? fileURLToPath(main) : resolve(main);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === false) return file;
  const what = found === undefined ? `there is no file ${file}` : `${file} is a folder`;
  throw new TypeError(`runCluster(): ${what}: give the program of the workers`);
}

function takeWatch(watch: unknown): boolean | readonly string[] {
  if (typeof watch === 'boolean') return watch;
  checkTexts('watch', watch);
  const paths = [...(watch as readonly string[])]; // as: checked above
  const missing = paths.find((path) => !existsSync(path));
  if (missing === undefined) return paths;
  throw new TypeError(`runCluster(): watch has ${JSON.stringify(missing)}: give paths of files and folders that exist`);
}

function takeProbes(probes: unknown): ClusterProbeOptions | undefined {
  if (probes === false) return undefined;
  if (typeof probes !== 'object' || probes === null) throw wrong('probes', probes, 'false or { port: 9000 }');
  checkKeys(probes, ['port', 'hostname'], 'The option probes of runCluster()');
  const { port, hostname } = probes as { readonly port?: unknown; readonly hostname?: unknown }; // as: checked below
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65_535)
    throw wrong('probes.port', port, 'a whole number from 0 to 65535');
  if (hostname !== undefined && typeof hostname !== 'string') throw wrong('probes.hostname', hostname, 'an address');
  return { port: port as number, ...(hostname !== undefined && { hostname }) };
}

function checkCount(key: string, value: unknown): void {
  if (typeof value !== 'number') throw wrong(key, value, 'a number');
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`runCluster(): ${key} is ${String(value)}: give a whole number from 1 on`);
}

/** A start or a drain without an end would keep the old version for ever (H5); one without any time would fail, or kill, each worker. */
function checkTime(key: string, ms: number): void {
  checkMilliseconds(ms, `runCluster(): ${key} is`);
  if (ms === Infinity) throw new RangeError(`runCluster(): ${key} is Infinity: give a number of milliseconds`);
  if (ms === 0) throw new RangeError(`runCluster(): ${key} is 0: give the milliseconds that a worker needs`);
}

function checkTexts(key: string, value: unknown): void {
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string'))
    throw wrong(key, value, key === 'watch' ? 'true, false or a list of paths' : 'a list of texts');
}

function wrong(key: string, value: unknown, instead: string): TypeError {
  const shown = typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : typeof value;
  return new TypeError(`runCluster(): ${key} is ${shown}: give ${instead}`);
}
