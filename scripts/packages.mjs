/**
 * The packages under packages/ and what each of them publishes, read from the `exports` of its package.json: that map is
 * the one place where an entry is declared, and every script follows it.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = dirname(import.meta.dirname);

/** Every `{ stem, format }` that the targets of an exports map name, and every pair of `import` and `require` in it. */
function readTargets(node, found = { files: [], pairs: [] }) {
  if (typeof node === 'string') {
    const match = /^\.\/dist\/(.+)\.(js|cjs)$/.exec(node);
    if (match) found.files.push({ stem: match[1], format: match[2] });
  } else if (node !== null && typeof node === 'object') {
    if (node.import !== undefined && node.require !== undefined) {
      found.pairs.push({ wrapper: stemOf(node.import), wrapped: stemOf(node.require) });
    }
    for (const value of Object.values(node)) readTargets(value, found);
  }
  return found;
}

const stemOf = (target) => (target.default ?? target).replace(/^\.\/dist\//, '').replace(/\.c?js$/, '');

/** One package, by its folder. */
export function readPackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { files, pairs } = readTargets(manifest.exports);
  // Where `import` and `require` name different files, the first re-exports the second: one copy of each class in Node.
  const wrappers = new Map(pairs.filter((pair) => pair.wrapper !== pair.wrapped).map((p) => [p.wrapper, p.wrapped]));
  const stems = (format) => [...new Set(files.filter((f) => f.format === format).map((f) => f.stem))];
  return {
    name: manifest.name,
    folder,
    manifest,
    wrappers,
    esm: stems('js').filter((stem) => !wrappers.has(stem)),
    cjs: stems('cjs'),
    /** What a consumer writes, with the declarations it gets: `{ specifier, types }`. */
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
