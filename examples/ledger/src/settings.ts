import { resolve } from 'node:path';
import { FAULTS, type Fault } from './faults.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the entries are kept: the embedded PostgreSQL in a folder, or a PostgreSQL server. */
export type DatabaseSetting =
  { readonly kind: 'embedded'; readonly folder: string } | { readonly kind: 'server'; readonly url: string };

/** What the environment says; each field is checked. */
export interface Settings {
  /** 0 = any free port. */
  readonly port: number;
  readonly database: DatabaseSetting;
  readonly fault: Fault | undefined;
}

const DEFAULT_PORT = 3000;
const DEFAULT_FOLDER = 'data';
const DEFAULT_SHUTDOWN_DEADLINE_MS = 25_000;

/** The environment does not say what the ledger can run with; the message has a line for each problem. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads `PORT`, `DATA_DIR`, `DATABASE_URL` and `LEDGER_FAULT`, and checks `SHUTDOWN_DEADLINE_MS`; a variable that is empty counts
 * as not set. All problems are told at once.
 *
 * @throws SettingsError
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const port = readPort(environment['PORT'], problems);
  const database = readDatabase(environment['DATABASE_URL'], environment['DATA_DIR'], problems);
  const fault = readFault(environment['LEDGER_FAULT'], problems);
  readShutdownDeadline(environment, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return { port, database, fault };
}

/** Milliseconds that a stop may take. It is asked for before there is a reactor: one that is wrong counts as not set until `readSettings` tells it. */
export function readShutdownDeadline(environment: Environment, problems: string[] = []): number {
  const text = environment['SHUTDOWN_DEADLINE_MS'];
  if (text === undefined || text === '') return DEFAULT_SHUTDOWN_DEADLINE_MS;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  problems.push(`SHUTDOWN_DEADLINE_MS must be a whole number of milliseconds above 0; it is ${JSON.stringify(text)}`);
  return DEFAULT_SHUTDOWN_DEADLINE_MS;
}

function readFault(text: string | undefined, problems: string[]): Fault | undefined {
  if (text === undefined || text === '') return undefined;
  const fault = FAULTS.find((name) => name === text);
  if (fault === undefined)
    problems.push(`LEDGER_FAULT must be one of ${FAULTS.join(', ')}; it is ${JSON.stringify(text)}`);
  return fault;
}

function readPort(text: string | undefined, problems: string[]): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  problems.push(`PORT must be a whole number from 0 (any free port) to 65535; it is ${JSON.stringify(text)}`);
  return NaN;
}

function readDatabase(url: string | undefined, folder: string | undefined, problems: string[]): DatabaseSetting {
  if (url === undefined || url === '') return { kind: 'embedded', folder: resolve(folder || DEFAULT_FOLDER) };
  if (folder) problems.push('DATA_DIR and DATABASE_URL are both set; keep the one where the entries shall be');
  // The URL may hold a password: it is never repeated.
  if (!isPostgresUrl(url)) {
    problems.push('DATABASE_URL must be a URL such as postgres://user:password@host:5432/database');
  }
  return { kind: 'server', url };
}

/** PostgreSQL takes a user without a host (a socket, given as `?host=/run/postgresql`); URL does not. */
const isPostgresUrl = (url: string): boolean =>
  /^postgres(ql)?:\/\//.test(url) && URL.canParse(url.replace('@/', '@localhost/'));
