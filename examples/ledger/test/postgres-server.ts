import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A PostgreSQL server of its own, in a temporary folder, on a socket in that folder. */
export interface PostgresServer {
  /** Makes a new, empty database and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** `true`: connections that are open are cut. */
  stop(cut?: boolean): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/**
 * The folder with the server's programs, or `undefined` after saying that the tests with a server are left out. In
 * continuous integration that is a failure.
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
  const owner = await unprivileged();
  if (owner) await chown(folder, owner.uid, owner.gid);
  const files = join(folder, 'files');
  const initialise = ['-D', files, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), initialise, { ...owner, cwd: folder });
  const server = spawn(join(bin, 'postgres'), ['-D', files, '-k', folder, '-c', 'listen_addresses='], {
    ...owner,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
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
  const urlOf = (database: string): string => `postgresql://postgres@/${database}?host=${folder}`;
  return {
    async createDatabase(name) {
      const client = new Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return urlOf(name);
    },
    async stop(cut = false) {
      // "Smart": it waits for connections that are being closed. If one is left open by a failed test: "fast".
      server.kill(cut ? 'SIGINT' : 'SIGTERM');
      const impatience = setTimeout(() => server.kill('SIGINT'), 10_000);
      await ended;
      clearTimeout(impatience);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}
