import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE, Recipe, until, type RunningProgram } from '../../../test/recipe.ts';

jest.setTimeout(PATIENCE);

let recipe: Recipe;
let folder: string;

beforeAll(async () => {
  recipe = await Recipe.build(import.meta.dirname);
});
beforeEach(() => {
  folder = mkdtempSync(join(recipe.folder, 'spool-'));
  for (const name of ['new', 'taken', 'done', 'failed', 'draft']) mkdirSync(join(folder, name));
  rmSync(join(recipe.folder, 'sent.txt'), { force: true });
});
afterEach(() => recipe.killAll());
afterAll(() => recipe[Symbol.dispose]());

const count = (name: string): number => readdirSync(join(folder, name)).length;

/** Puts a message into the queue. `ms` is its text: how many milliseconds its work takes. A fraction tells messages apart in `sent.txt`. */
function put(name: string, ms: number | string): void {
  writeFileSync(join(folder, 'draft', name), String(ms));
  renameSync(join(folder, 'draft', name), join(folder, 'new', name));
}

async function start(): Promise<RunningProgram> {
  const program = recipe.start([folder], { DRAIN_MS: '1500' });
  await program.prints(/^ready$/m);
  return program;
}

const sentTexts = (): string[] => readFileSync(join(recipe.folder, 'sent.txt'), 'utf8').trimEnd().split('\n');

test('C62: a stop under load finishes the messages that were taken, and leaves the rest in the queue', async () => {
  for (let n = 0; n < 400; n++) put(`m${n}`, 50 + n / 1_000);
  const program = await start();
  let mostTaken = 0;
  await until(() => {
    mostTaken = Math.max(mostTaken, count('taken'));
    return count('done') >= 60;
  });
  const status = await program.end();

  expect({ status, stderr: program.stderr, lines: program.lines }).toEqual({
    status: 0,
    stderr: '',
    lines: ['ready', 'closed'],
  });
  expect(mostTaken).toBe(10);
  expect([count('taken'), count('failed')]).toEqual([0, 0]);
  expect(count('new')).toBeGreaterThan(0);
  expect(count('new') + count('done')).toBe(400);
  expect(sentTexts()).toHaveLength(count('done'));
});

test('C62: a stop gives back the messages that take too long, with status 0', async () => {
  for (let n = 0; n < 5; n++) put(`short${n}`, 100);
  for (let n = 0; n < 5; n++) put(`long${n}`, 100_000);
  const program = await start();
  await until(() => count('taken') === 10);
  const status = await program.end();

  expect({ status, stderr: program.stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(join(folder, 'new')).sort()).toEqual(['long0', 'long1', 'long2', 'long3', 'long4']);
  expect([count('taken'), count('done')]).toEqual([0, 5]);
});

test('C62: a stop while all slots are busy takes no further message', async () => {
  for (let n = 0; n < 11; n++) put(`m${n}`, 1_000);
  const program = await start();
  await until(() => count('taken') === 10);
  const status = await program.end();

  expect({ status, stderr: program.stderr }).toEqual({ status: 0, stderr: '' });
  expect([count('new'), count('taken'), count('done')]).toEqual([1, 0, 10]);
});

test('C62: a queue loses and repeats no message when its consumer is replaced six times under load', async () => {
  for (let n = 0; n < 600; n++) put(`m${n}`, 20 + n / 1_000);
  let program = await start();
  for (let n = 1; n <= 6; n++) {
    await until(() => count('done') >= n * 60);
    const next = await start();
    expect(await program.end()).toBe(0);
    program = next;
  }
  await until(() => count('done') === 600);

  expect(await program.end()).toBe(0);
  expect([count('new'), count('taken'), count('failed')]).toEqual([0, 0, 0]);
  expect(new Set(sentTexts()).size).toBe(600);
  expect(sentTexts()).toHaveLength(600);
});

test('C64: a message that cannot be handled is reported and moved to failed, and the others go on', async () => {
  put('a', 10);
  put('b', 'nonsense');
  put('c', 10);
  const program = await start();
  await until(() => count('done') === 2 && count('failed') === 1);

  expect(await program.end()).toBe(0);
  expect(program.stderr).toContain('"nonsense" is no number');
  expect(readdirSync(join(folder, 'failed'))).toEqual(['b']);
});
