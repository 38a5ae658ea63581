import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, readPage, root } from './docs-blocks.ts';

const readme = readPage('README.md');
const index = readPage('docs/README.md');
const programs = blocksOf('README.md').filter(({ language }) => language === 'ts');

/** The paths of the files and folders in a folder: `folder/name`. */
const inFolder = (folder: string): string[] => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);

describe('README.md', () => {
  test('it has one program, of at most 15 lines', () => {
    expect(programs.map(({ mark }) => mark)).toEqual(['sigterm']);
    expect(programs[0]?.code.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  });

  test('it is at most 120 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });

  test('it names every package', () => {
    expect(inFolder('packages').length).toBeGreaterThan(5);
    expect(inFolder('packages').filter((path) => !readme.includes(`(${path}`))).toEqual([]);
  });
});

describe('docs/README.md', () => {
  const readingOrder = [...index.matchAll(/^\d+\. \[(.+?)\]\((.+?)\)/gm)].map(([, title = '', page = '']) => ({
    title,
    page,
  }));

  test('it names every page of docs and every example', () => {
    const pages = inFolder('docs').filter((page) => page !== 'docs/README.md');
    const all = [
      ...pages.map((page) => page.replace('docs/', '')),
      ...inFolder('examples').map((path) => `../${path}`),
    ];
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((target) => !index.includes(`(${target}`))).toEqual([]);
  });

  test('its last line leads to the first page of the reading order', () => {
    expect(readingOrder.length).toBeGreaterThan(10);
    expect(index.trimEnd()).toMatch(
      new RegExp(`\\nNext: \\[${readingOrder[0]?.title ?? ''}\\]\\(${readingOrder[0]?.page ?? ''}\\)$`),
    );
  });

  test.each(readingOrder.slice(0, -1).map(({ page }, at) => ({ page, next: readingOrder[at + 1]! })))(
    '$page ends with a link to $next.page, the next page of the reading order',
    ({ page, next }) => {
      const lastLine = readPage(`docs/${page}`).trimEnd().split('\n').at(-1);
      expect(lastLine).toBe(`Next: [${next.title}](${next.page})`);
    },
  );

  test('the last page of the reading order leads to the reference', () => {
    expect(
      readPage(`docs/${readingOrder.at(-1)?.page ?? ''}`)
        .trimEnd()
        .split('\n')
        .at(-1),
    ).toBe('Next: the reference, beginning with [the contract](contract.md)');
  });
});
