import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { signalFamily } from './process-family.ts';

/** A PostgreSQL server with its files and its socket in a temporary folder. */
export interface PostgresServer {
  /** Makes a new, empty database and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Kills all of its processes with SIGKILL. Resolves when they are gone. */
  kill(): Promise<void>;
  /** Starts it again on the same files, after `kill()`. */
  start(): Promise<void>;
  /** Stops all of its processes with SIGSTOP: connections stay open, and no statement is answered. */
  pause(): Promise<void>;
  /** Continues all of its processes with SIGCONT. */
  resume(): Promise<void>;
  /** Stops it and removes its files. With `true` it cuts open connections. */
  stop(cut?: boolean): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/**
 * The folder with the programs of the server. If there is none, it prints that the tests with a server are left out and returns `undefined`; in
 * continuous integration it throws.
 */
export function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (found !== undefined) return found;
  const reason = `no PostgreSQL in ${DEBIAN}: npm run setup installs it`;
  if (process.env.CI) throw new Error(reason);
  console.warn(`left out: tests with a PostgreSQL server (${reason})`);
  return undefined;
}

export async function startPostgres(bin: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-pg-'));
  const user = await unprivilegedUser();
  if (user) await chown(folder, user.uid, user.gid);
  const files = join(folder, 'files');
  const initialise = ['-D', files, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), initialise, { ...user, cwd: folder });
  const start = (): Promise<ChildProcess> => startServer(bin, files, folder, user);
  let server = await start();
  const urlOf = (database: string): string => `postgresql://postgres@/${database}?host=${folder}`;
  return {
    async createDatabase(name) {
      await runSql(urlOf('postgres'), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    kill: () => signalFamily(server.pid!, 'SIGKILL'),
    async start() {
      server = await start();
    },
    pause: () => signalFamily(server.pid!, 'SIGSTOP'),
    resume: () => signalFamily(server.pid!, 'SIGCONT'),
    async stop(cut = false) {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, 'exit');
        // SIGTERM makes the server wait until all connections are closed. SIGINT cuts them, as when a failed test has left one open.
        server.kill(cut ? 'SIGINT' : 'SIGTERM');
        const cutTimer = setTimeout(() => server.kill('SIGINT'), 10_000);
        await ended;
        clearTimeout(cutTimer);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one statement on a connection of its own. */
export async function runSql<R extends object>(
  url: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Resolves when the server accepts connections. */
async function startServer(bin: string, files: string, socket: string, user: User | undefined): Promise<ChildProcess> {
  const server = spawn(join(bin, 'postgres'), ['-D', files, '-k', socket, '-c', 'listen_addresses='], {
    ...user,
    cwd: socket,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => {
      reject(new Error(`PostgreSQL did not start:\n${log}`));
    });
  });
  return server;
}

/** The user `postgres` if this process runs as root, since PostgreSQL refuses to run as root. */
async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}
