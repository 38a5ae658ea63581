import { expect, test } from '@jest/globals';
import { ManualReactor, reactorConformance } from '@triphase/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './docs-blocks.ts';

/** The statements that have a test in the conformance kit, in order. */
function statementsOfTheKit(): string[] {
  const numbers: Set<number> = new Set();
  reactorConformance(
    {
      describe: (_name, body) => {
        body();
      },
      it: (name) => numbers.add(Number(/^C(\d+): /.exec(name)![1])),
      expect: () => {
        throw new Error('no test runs here');
      },
    },
    { name: 'a reactor', create: (options) => new ManualReactor(options) },
  );
  return [...numbers].sort((a, b) => a - b).map((number) => `C${number}`);
}

test('D9: the table on docs/runtimes.md has a line for each statement of the conformance kit, and no other', () => {
  const page = readFileSync(join(root, 'docs', 'runtimes.md'), 'utf8');
  const lines = page.split('\n').map((line) => /^\| (C\d+) /.exec(line)?.[1]);
  expect(lines.filter((statement) => statement !== undefined)).toEqual(statementsOfTheKit());
});

test('D9: the table on docs/runtimes.md has Node 20, 22, 24 and 26, Deno, Bun, workerd, and the engines by window and worker', () => {
  const page = readFileSync(join(root, 'docs', 'runtimes.md'), 'utf8');
  const heads = page.split('\n').find((line) => line.startsWith('| statement'))!;
  const columns = heads.split('|').map((cell) => cell.trim());
  const engines = ['Chromium', 'Firefox', 'WebKit'].flatMap((engine) => [`${engine} window`, `${engine} worker`]);
  const nodes = ['Node 20', 'Node 22', 'Node 24', 'Node 26'];
  expect(columns.slice(1, -1)).toEqual(['statement', ...nodes, 'Deno', 'Bun', 'workerd', ...engines]);
});
