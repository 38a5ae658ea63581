/**
 * Reads the packages under packages/ and their entries from the `exports` of each package.json. All scripts use it, so that an entry is declared
 * in one place.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the repository. */
export const root = dirname(import.meta.dirname);

/** Every file in dist that an exports map names, as `{ stem, format }`: `./dist/http.cjs` is `{ stem: 'http', format: 'cjs' }`. */
function readTargets(node) {
  if (node !== null && typeof node === 'object') return Object.values(node).flatMap(readTargets);
  const match = /^\.\/dist\/(.+)\.(js|cjs)$/.exec(node);
  return match ? [{ stem: match[1], format: match[2] }] : [];
}

/** Reads the package in this folder. `esm` and `cjs`: the stems of its files in each format. */
export function readPackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readTargets(manifest.exports);
  const stems = (format) => [...new Set(files.filter((f) => f.format === format).map((f) => f.stem))];
  return {
    name: manifest.name,
    folder,
    manifest,
    esm: stems('js'),
    cjs: stems('cjs'),
    /** Each is `{ specifier, types }`: what a program imports, and the file of its declarations. */
    entries: Object.entries(manifest.exports)
      .filter(([subpath]) => subpath !== './package.json')
      .map(([subpath, target]) => ({ specifier: manifest.name + subpath.slice(1), types: firstTypes(target) })),
  };
}

/** The first `types` in an exports map. */
function firstTypes(target) {
  if (target === null || typeof target !== 'object') return undefined;
  if (typeof target.types === 'string') return target.types;
  return Object.values(target).map(firstTypes).find(Boolean);
}

/** All packages under packages/, in the order of their folders. */
export function readPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map(readPackage);
}
