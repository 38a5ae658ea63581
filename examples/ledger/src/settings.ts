import { resolve } from 'node:path';
import { FAULTS, type Fault } from './faults.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the entries are kept: the embedded PostgreSQL in a folder, or a PostgreSQL server. */
export type DatabaseSetting =
  { readonly kind: 'embedded'; readonly folder: string } | { readonly kind: 'server'; readonly url: string };

/** The settings from the environment. If a variable is wrong, its field has the default value. */
export interface Settings {
  /** 0 is any free port. */
  readonly port: number;
  readonly database: DatabaseSetting;
  /** How long the ledger still accepts connections after a stop has begun. Milliseconds. */
  readonly leadTime: number;
  /** How long an idle connection stays open after the port has closed. Milliseconds. */
  readonly idleGrace: number;
  /** Maximum duration of a stop. Milliseconds. */
  readonly shutdownDeadline: number;
  /** After this number of failures in a row the writer of receipts isn't restarted, and the ledger stops with exit status 1. */
  readonly giveUpAfter: number;
  readonly fault: Fault | undefined;
  /** A line for each variable that is wrong. */
  readonly problems: readonly string[];
}

const DEFAULT_PORT = 3000;
const DEFAULT_FOLDER = 'data';
const DEFAULT_LEAD_TIME_MS = 0;
const DEFAULT_IDLE_GRACE_MS = 500;
const DEFAULT_SHUTDOWN_DEADLINE_MS = 25_000;
const DEFAULT_GIVE_UP_AFTER = 10;

/** Some settings are wrong. The message has a line for each of them. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads `PORT`, `DATA_DIR`, `DATABASE_URL`, `LEAD_TIME_MS`, `IDLE_GRACE_MS`, `SHUTDOWN_DEADLINE_MS`, `GIVE_UP_AFTER` and `LEDGER_FAULT`. An
 * empty variable counts as not set. It never throws: the reactor needs some of the settings, and its startup then calls `checkSettings`.
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const port = readPort(environment['PORT'], problems);
  const database = readDatabase(environment['DATABASE_URL'], environment['DATA_DIR'], problems);
  const shutdownDeadline = readShutdownDeadline(environment['SHUTDOWN_DEADLINE_MS'], problems);
  const leadTime = readLeadTime(environment['LEAD_TIME_MS'], shutdownDeadline, problems);
  const idleGrace = readIdleGrace(environment['IDLE_GRACE_MS'], problems);
  const giveUpAfter = readGiveUpAfter(environment['GIVE_UP_AFTER'], problems);
  const fault = readFault(environment['LEDGER_FAULT'], problems);
  return { port, database, leadTime, idleGrace, shutdownDeadline, giveUpAfter, fault, problems };
}

/**
 * Reports all problems at once.
 *
 * @throws SettingsError
 */
export function checkSettings({ problems }: Settings): void {
  if (problems.length > 0) throw new SettingsError(problems);
}

function readShutdownDeadline(text: string | undefined, problems: string[]): number {
  if (text === undefined || text === '') return DEFAULT_SHUTDOWN_DEADLINE_MS;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  problems.push(`SHUTDOWN_DEADLINE_MS must be a whole number of milliseconds above 0; it is ${JSON.stringify(text)}`);
  return DEFAULT_SHUTDOWN_DEADLINE_MS;
}

/** A lead time of more than half of the deadline is an error: the rest of the stop would have too little time. */
function readLeadTime(text: string | undefined, deadline: number, problems: string[]): number {
  if (text === undefined || text === '') return DEFAULT_LEAD_TIME_MS;
  const leadTime = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (leadTime <= deadline / 2) return leadTime;
  problems.push(
    `LEAD_TIME_MS must be a whole number of milliseconds, at most half of SHUTDOWN_DEADLINE_MS (${deadline}); it is ${JSON.stringify(text)}`,
  );
  return DEFAULT_LEAD_TIME_MS;
}

function readIdleGrace(text: string | undefined, problems: string[]): number {
  if (text === undefined || text === '') return DEFAULT_IDLE_GRACE_MS;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  problems.push(`IDLE_GRACE_MS must be a whole number of milliseconds; it is ${JSON.stringify(text)}`);
  return DEFAULT_IDLE_GRACE_MS;
}

function readGiveUpAfter(text: string | undefined, problems: string[]): number {
  if (text === undefined || text === '') return DEFAULT_GIVE_UP_AFTER;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  problems.push(`GIVE_UP_AFTER must be a whole number above 0; it is ${JSON.stringify(text)}`);
  return DEFAULT_GIVE_UP_AFTER;
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
  return DEFAULT_PORT;
}

function readDatabase(url: string | undefined, folder: string | undefined, problems: string[]): DatabaseSetting {
  if (url === undefined || url === '') return { kind: 'embedded', folder: resolve(folder || DEFAULT_FOLDER) };
  if (folder) problems.push('DATA_DIR and DATABASE_URL are both set; remove one of them');
  // The message does not repeat the URL, which may have a password.
  if (!isPostgresUrl(url)) {
    problems.push('DATABASE_URL must be a URL such as postgres://user:password@host:5432/database');
  }
  return { kind: 'server', url };
}

/** PostgreSQL accepts a URL with a user and no host, as for a socket in `?host=/run/postgresql`. The class URL does not. */
const isPostgresUrl = (url: string): boolean =>
  /^postgres(ql)?:\/\//.test(url) && URL.canParse(url.replace('@/', '@localhost/'));
