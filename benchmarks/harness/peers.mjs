/** The peers, in folders with a lock of their own. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../../scripts/command.mjs';

const benchmarks = join(import.meta.dirname, '..');
const folder = join(benchmarks, 'peers');
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const versionsOf = (path) => readJson(join(path, 'package.json')).dependencies;

/** `{ name: version }` as the lock has them. */
export const peerVersions = versionsOf(folder);

/** The peers of a folder that aren't installed in their version. */
const missingIn = (path) =>
  Object.entries(versionsOf(path))
    .filter(([name, version]) => {
      const manifest = join(path, 'node_modules', name, 'package.json');
      return !existsSync(manifest) || readJson(manifest).version !== version;
    })
    .map(([name]) => name);

/** Installs the peers of a folder of `benchmarks` if one is missing; throws what npm said when it cannot. `options`: those of `npm ci`. */
export async function installFolder(name, options = []) {
  const path = join(benchmarks, name);
  if (missingIn(path).length === 0) return;
  const { code, output } = await run('npm', ['ci', '--loglevel=error', ...options], { cwd: path });
  if (code !== 0 || missingIn(path).length > 0) throw new Error(`The peers cannot be installed.\n${output.trim()}`);
}

export const installPeers = () => installFolder('peers');

/** Where `import name` in a program of the peers' folder leads. */
export const peerUrl = (name) => pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href;

/** The folder of a peer. */
export const peerFolder = (name) => join(folder, 'node_modules', name);

export const importPeer = (name) => import(peerUrl(name));
