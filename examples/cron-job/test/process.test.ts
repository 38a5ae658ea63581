import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { PATIENCE, Recipe } from '../../../test/recipe.ts';

jest.setTimeout(PATIENCE);

let recipe: Recipe;

beforeAll(async () => {
  recipe = await Recipe.build(import.meta.dirname);
});
afterEach(() => recipe.killAll());
afterAll(() => recipe[Symbol.dispose]());

test('C58: SIGTERM during a run lets the run finish', async () => {
  const program = recipe.start(['* * * * * *']);
  await program.prints(/^written$\n^report/m);

  expect(await program.end()).toBe(0);
  expect(program.stderr).toBe('');
  const [ready, ...lines] = program.lines;
  expect(ready).toBe('ready');
  // "report of …" and "written" in turn: each run that has begun has ended.
  expect(lines.length % 2).toBe(0);
  expect(lines.filter((_, n) => n % 2 === 0)).toEqual(lines.filter((line) => line.startsWith('report of ')));
  expect(lines.filter((_, n) => n % 2 === 1).every((line) => line === 'written')).toBe(true);
});

test('C58: SIGTERM between two runs ends the program, and no run begins', async () => {
  const program = recipe.start();
  await program.prints(/^ready$/m);

  expect(await program.end()).toBe(0);
  expect({ stdout: program.stdout, stderr: program.stderr }).toEqual({ stdout: 'ready\n', stderr: '' });
});
