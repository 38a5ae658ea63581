import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { freePort, Load } from '../../../scripts/http-load.mjs';
import { PATIENCE, Recipe, type RunningProgram } from '../../../test/recipe.ts';

jest.setTimeout(PATIENCE);

let recipe: Recipe;
let port: number;

beforeAll(async () => {
  recipe = await Recipe.build(import.meta.dirname);
});
afterEach(() => recipe.killAll());
afterAll(() => recipe[Symbol.dispose]());

async function start(): Promise<RunningProgram> {
  port = await freePort();
  const program = recipe.start([], { PORT: String(port) });
  await program.prints(/^ready$/m);
  return program;
}

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex');

/** The log lines about restarts, with `N` for the delay, which is random. */
const restartLines = ({ stderr }: RunningProgram): string[] =>
  stderr
    .split('\n')
    .filter((line) => line.includes('restarting'))
    .map((line) => line.replace(/in [\d.]+ s/, 'in N s'));

test('C59: no request of 20 clients breaks when the thread crashes twice and when the program stops', async () => {
  const program = await start();
  const wrong: string[] = [];
  const load = new Load({
    port,
    path: '/some/text',
    onAnswer: (status, body) => {
      if (status !== 200 || body !== hashOf('/some/text')) wrong.push(`${status} ${body}`);
    },
  }).start();
  await load.answers(200);
  await get('/crash');
  await program.prints(/\(2 of 5\)/, 'stderr');
  await load.answers(200);
  await get('/crash');
  await program.prints(/\(3 of 5\)/, 'stderr');
  await load.answers(200);
  const status = await program.end();
  const { errors } = await load.stop();

  expect({ errors, wrong, status }).toEqual({ errors: {}, wrong: [], status: 0 });
  expect(restartLines(program)).toEqual([
    'Service "hasher" failed: the thread has crashed; restarting in N s (2 of 5)',
    'Service "hasher" failed: the thread has crashed; restarting in N s (3 of 5)',
  ]);
});

test('C59: a request that comes while no thread runs is answered by the next thread', async () => {
  const program = await start();
  await get('/crash');
  await program.prints(/restarting/, 'stderr');
  const answer = await get('/a');

  expect(await answer.text()).toBe(hashOf('/a'));
  expect(await program.end()).toBe(0);
});

test('C59: a thread that crashes five times in a row stops the program with status 1', async () => {
  const program = await start();
  for (const attempt of [2, 3, 4, 5]) {
    await get('/crash');
    await program.prints(new RegExp(`\\(${attempt} of 5\\)`), 'stderr');
    await get('/'); // resolves when the new thread answers
  }
  await get('/crash');

  expect(await program.exited).toBe(1);
  expect(restartLines(program)).toHaveLength(4);
  expect(program.stderr).toContain('Error in service "hasher"');
});
