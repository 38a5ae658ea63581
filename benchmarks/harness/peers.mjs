/** Installs and loads the peers: the libraries that ours is compared with. They are in folders with a package.json and a lock of their own. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installFolder } from '../../scripts/install-folder.mjs';

const benchmarks = join(import.meta.dirname, '..');
const folder = join(benchmarks, 'peers');

/** The versions of the peers in a folder of benchmarks: `{ name: version }`. */
export const versionsIn = (name) =>
  JSON.parse(readFileSync(join(benchmarks, name, 'package.json'), 'utf8')).dependencies;

/** Installs the peers in a folder of benchmarks if one is missing. Throws if that fails. `options`: more arguments of `npm ci`. */
export function installPeersIn(name, options) {
  const missing = installFolder(join(benchmarks, name), options);
  if (missing.length > 0) throw new Error(`npm ci in benchmarks/${name} has not installed ${missing.join(', ')}`);
}

/** The folder of an installed peer. */
export const peerFolder = (name) => join(folder, 'node_modules', name);

/** Imports a peer as a program in the folder of the peers does. */
export const importPeer = (name) =>
  import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href);
