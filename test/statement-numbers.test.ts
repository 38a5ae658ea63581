/** Each statement of the pages has a test that carries its number. */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, readPage, root } from './docs-blocks.ts';

/** Statements that no test can prove. */
const NOT_PROVED: Readonly<Record<string, string>> = {
  B13: 'it says what no page can rely on',
  C51: 'it is planned',
};

/** `**C12**`: where a page states it. */
const STATEMENT = /\*\*([A-Z]\d+)\*\*/g;
/** `'C12', 'title'` of the conformance kit, or `'C12, N3: title'`. */
const TEST_NAME = /['"`]((?:[A-Z]\d+(?:, |(?=[:'"`])))+)/g;

const stated = new Map(
  pages().flatMap((page) => [...readPage(page).matchAll(STATEMENT)].map(([, number = '']) => [number, page] as const)),
);

function numbersInTests(): Set<string> {
  const files = ['packages', 'examples', 'runtime-tests', 'benchmarks', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
      .map((file) => join(root, folder, file)),
  );
  const names = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(TEST_NAME)]);
  return new Set(names.flatMap(([, numbers = '']) => numbers.match(/[A-Z]\d+/g) ?? []));
}

describe('the statements of the pages', () => {
  const tested = numbersInTests();

  test.each([...stated].map(([number, page]) => ({ number, page })))(
    '$number of $page has a test with its number, or a reason why not',
    ({ number }) => {
      expect(tested.has(number)).toBe(!(number in NOT_PROVED));
    },
  );

  test('are found on the pages', () => {
    expect([...stated.keys()]).toEqual(expect.arrayContaining(['C1', 'C72', 'N30', 'B26', 'D13', 'H12']));
  });
});
