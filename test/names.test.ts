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

/** What looks like a class or type of ours: `ServeHttpOptions`. */
const typesIn = (page: string): Mention[] =>
  [
    ...readPage(page).matchAll(
      /`([A-Z]\w*(?:Error|Event|Handle|Handler|Host|Options|Reactor|Report|Result|Service))\b/g,
    ),
  ].map(([, name = '']) => ({ place: page, name }));

/** Those of JavaScript, of hosts and of others. */
const FOREIGN = ['AbortError', 'AggregateError', 'RangeError', 'TypeError'];

describe('a page names nothing that is not there', () => {
  const all = [...pages(), ...examples];

  test('each import from a package of ours', () => {
    const imports = all.flatMap(importsIn);
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.filter(({ entry, name }) => !isExported(entry, name))).toEqual([]);
  });

  test('each class and type that is named like one of ours', () => {
    const types = all.flatMap(typesIn).filter(({ name }) => !FOREIGN.includes(name));
    expect(types.length).toBeGreaterThan(50);
    expect(types.filter(({ name }) => isExportedAnywhere(name) === undefined)).toEqual([]);
  });

  test('each link of a doc comment', () => {
    const { broken, total } = brokenLinks();
    expect(total).toBeGreaterThan(40);
    expect(broken).toEqual([]);
  });

  test('what is not there is found', () => {
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
