/**
 * The packages under packages/ and their entries, read from the `exports` of each package.json. An entry is declared there once; every script
 * reads it from here.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = dirname(import.meta.dirname);

/** Every `{ stem, format }` that the targets of an exports map name. */
function readTargets(node) {
  if (node !== null && typeof node === 'object') return Object.values(node).flatMap(readTargets);
  const match = /^\.\/dist\/(.+)\.(js|cjs)$/.exec(node);
  return match ? [{ stem: match[1], format: match[2] }] : [];
}

/** One package, by its folder. */
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
    /** `{ specifier, types }`: what a program imports, and its declarations. */
    entries: Object.entries(manifest.exports)
      .filter(([subpath]) => subpath !== './package.json')
      .map(([subpath, target]) => ({ specifier: manifest.name + subpath.slice(1), types: firstTypes(target) })),
  };
}

function firstTypes(target) {
  if (target === null || typeof target !== 'object') return undefined;
  if (typeof target.types === 'string') return target.types;
  return Object.values(target).map(firstTypes).find(Boolean);
}

/** All packages of packages/, in the order of their names. */
export function readPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map(readPackage);
}
