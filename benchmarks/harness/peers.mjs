/** The peers, in a folder with a lock of their own. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../../scripts/command.mjs';

const folder = join(import.meta.dirname, '..', 'peers');
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** `{ name: version }` as the lock has them. */
export const peerVersions = readJson(join(folder, 'package.json')).dependencies;

/** Those that are not there in their version. */
export const missingPeers = () =>
  Object.entries(peerVersions)
    .filter(([name, version]) => {
      const manifest = join(folder, 'node_modules', name, 'package.json');
      return !existsSync(manifest) || readJson(manifest).version !== version;
    })
    .map(([name]) => name);

/** Installs them if one is missing; throws what npm said when it cannot. */
export async function installPeers() {
  if (missingPeers().length === 0) return;
  const { code, output } = await run('npm', ['ci', '--loglevel=error'], { cwd: folder });
  if (code !== 0 || missingPeers().length > 0) throw new Error(`The peers cannot be installed.\n${output.trim()}`);
}

/** Where `import name` in a program of the peers' folder leads. */
export const peerUrl = (name) => pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href;

/** Where a peer stands. */
export const peerFolder = (name) => join(folder, 'node_modules', name);

export const importPeer = (name) => import(peerUrl(name));
