import { describe, expect, jest, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pages, readPage, root } from './docs-blocks.ts';
import { PATIENCE } from './docs-run.ts';
import { brokenLinks, isExported, isExportedAnywhere, type Mention } from './exported-names.ts';

jest.setTimeout(PATIENCE);

const examples = readdirSync(join(root, 'examples'))
  .map((name) => join('examples', name, 'README.md'))
  .filter((page) => existsSync(join(root, page)));

const importsIn = (page: string): (Mention & { readonly entry: string })[] =>
  [...readPage(page).matchAll(/import (?:type )?\{([^}]*)\} from '(@triphase\/[^']+)'/g)].flatMap(
    ([, names = '', entry = '']) =>
      names
        .split(',')
        .map((name) =>
          name
            .trim()
            .replace(/^type /, '')
            .replace(/ as .*/, ''),
        )
        .filter((name) => name !== '')
        .map((name) => ({ place: page, entry, name })),
  );

/** The names on a page that look like a class or type of these packages: `ServeHttpOptions`. */
const typesIn = (page: string): Mention[] =>
  [
    ...readPage(page).matchAll(
      /`([A-Z]\w*(?:Error|Event|Handle|Handler|Host|Options|Reactor|Report|Result|Service))\b/g,
    ),
  ].map(([, name = '']) => ({ place: page, name }));

/** Names of JavaScript and of hosts that look the same. */
const FOREIGN = ['AbortError', 'AggregateError', 'RangeError', 'TypeError'];

describe('pages and comments name only what exists', () => {
  const all = [...pages(), ...examples];

  test('each import from these packages names an export', () => {
    const imports = all.flatMap(importsIn);
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.filter(({ entry, name }) => !isExported(entry, name))).toEqual([]);
  });

  test('each name on a page that looks like a class or type of these packages is exported', () => {
    const types = all.flatMap(typesIn).filter(({ name }) => !FOREIGN.includes(name));
    expect(types.length).toBeGreaterThan(50);
    expect(types.filter(({ name }) => isExportedAnywhere(name) === undefined)).toEqual([]);
  });

  test('each link in a doc comment leads to something', () => {
    const { broken, total } = brokenLinks();
    expect(total).toBeGreaterThan(40);
    expect(broken).toEqual([]);
  });

  test('names that are not exported are found', () => {
    expect(isExported('@triphase/core', 'ReactorBase.fire')).toBe(true);
    expect(isExported('@triphase/core', 'ReactorBase.launch')).toBe(false);
    expect(isExported('@triphase/core', 'FetchHandler')).toBe(false);
    expect(isExported('@triphase/node-reactor/http', 'serveHttp')).toBe(true);
    expect(isExported('@triphase/node-reactor', 'serveHttp')).toBe(false);
    expect(isExportedAnywhere('RunResult.left.queued')).toBe(true);
    expect(isExportedAnywhere('RunResult.colour')).toBe(false);
    expect(isExportedAnywhere('Buffer.from')).toBeUndefined();
  });
});
