import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, Load } from '../../../scripts/http-load.mjs';
import { PATIENCE, Recipe } from '../../../test/recipe.ts';

jest.setTimeout(PATIENCE);

let recipe: Recipe;

beforeAll(async () => {
  recipe = await Recipe.build(import.meta.dirname, [
    'programs/without-reactor.ts',
    'programs/library.ts',
    'programs/two-copies.ts',
  ]);
});
afterEach(() => recipe.killAll());
afterAll(() => recipe[Symbol.dispose]());

test('C57: a stop under load writes each line of an answered request once', async () => {
  const port = await freePort();
  const program = recipe.start([], { PORT: String(port) });
  await program.prints(/^ready$/m);
  let count = 0;
  const load = new Load({ port, body: () => `line ${++count}` }).start();
  await load.answers(330); // three batches of 100, and a part of the fourth
  const status = await program.end();
  const { answered, errors } = await load.stop();

  expect({ errors, status, stderr: program.stderr }).toEqual({ errors: {}, status: 0, stderr: '' });
  const file = join(recipe.folder, 'lines.txt');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  rmSync(file);
  expect(lines).toHaveLength(answered);
  expect(new Set(lines).size).toBe(answered);
});

test('C69: without a reactor the library uses the timers of Node, and the process ends when no item is pending', async () => {
  const program = recipe.startOther('without-reactor.mjs');

  expect(await program.exited).toBe(0);
  expect(program.lines).toEqual(['a b', 'c']);
});

test('C55: a library with its own copy of core accepts a reactor of another copy', async () => {
  const program = recipe.startOther('two-copies.mjs');

  expect(await program.exited).toBe(0);
  expect(program.stderr).toBe('');
  expect(program.lines).toEqual(['a b', '0']);
});
