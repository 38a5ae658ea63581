import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, readPage, root } from './docs-blocks.ts';

const readme = readPage('README.md');
const blocks = blocksOf('README.md');

describe('README.md', () => {
  test('it has a quick start for Node, a page and Deno, of at most 15 lines each', () => {
    const starts = blocks.filter(({ language }) => language === 'ts');
    expect(starts.map(({ mark }) => mark)).toEqual(['sigterm', 'page', 'deno']);
    expect(starts.filter(({ code }) => code.trimEnd().split('\n').length > 15)).toEqual([]);
  });

  test('its commands are the two that a newcomer needs', () => {
    const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code.trim());
    expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm run setup && npm test']);
  });

  test('it names every package, every example and every page of docs', () => {
    const inFolder = (folder: string): string[] => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
    const all = ['packages', 'examples', 'docs'].flatMap(inFolder);
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((path) => !readme.includes(`(${path}`))).toEqual([]);
  });
});
