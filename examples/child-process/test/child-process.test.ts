import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, Load } from '../../../scripts/http-load.mjs';
import { PATIENCE, Recipe, until, type RunningProgram } from '../../../test/recipe.ts';

jest.setTimeout(PATIENCE);

/** A child that starts a grandchild. Both print their process id, and both ignore SIGTERM. */
const IGNORES_SIGTERM = `trap '' TERM; sh -c 'trap "" TERM; echo grandchild $$; while :; do sleep 0.05; done' & echo child $$; wait`;
/** SIGTERM ends the child at once. The grandchild takes 300 ms more, and then prints `flushed`. */
const SLOW_GRANDCHILD = `sh -c 'trap "sleep 0.3; echo flushed; exit" TERM; echo grandchild $$; while :; do sleep 0.05; done' & echo child $$; wait`;

let recipe: Recipe;

beforeAll(async () => {
  recipe = await Recipe.build(import.meta.dirname, ['programs/server.ts']);
});
afterEach(() => recipe.killAll());
afterAll(() => recipe[Symbol.dispose]());

const pidOf = async (program: RunningProgram, who: 'child' | 'grandchild'): Promise<number> =>
  Number((await program.prints(new RegExp(`^${who} (\\d+)$`, 'm')))[1]);

/** False for a zombie, too: a process that has ended and that its parent has not collected. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function startServer(): Promise<{ readonly program: RunningProgram; readonly port: number }> {
  const port = await freePort();
  const program = recipe.start([process.execPath, join(recipe.folder, 'server.mjs')], { PORT: String(port) });
  await until(() =>
    fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      () => false,
    ),
  );
  return { program, port };
}

test('C58: a stop sends SIGTERM to the child, and no request of its 20 clients breaks', async () => {
  const { program, port } = await startServer();
  const load = new Load({ port }).start();
  await load.answers(200);
  const status = await program.end();
  const { errors } = await load.stop();

  expect({ errors, status, stderr: program.stderr }).toEqual({ errors: {}, status: 0, stderr: '' });
});

test('C59: a child that is killed is restarted', async () => {
  const { program, port } = await startServer();
  const answer = async (): Promise<number> => Number(await (await fetch(`http://127.0.0.1:${port}`)).text());
  const first = await answer();
  process.kill(first, 'SIGKILL');
  await program.prints(/ended with SIGKILL; restarting in [\d.]+ s \(2 of 3\)/, 'stderr');
  let second = NaN;
  await until(async () => {
    second = await answer().catch(() => NaN);
    return !Number.isNaN(second);
  });

  expect(second).not.toBe(first);
  expect(await program.end()).toBe(0);
  expect(isAlive(second)).toBe(false);
});

test('C58: a child and a grandchild that ignore SIGTERM are killed after the grace time', async () => {
  const program = recipe.start(['sh', '-c', IGNORES_SIGTERM], { GRACE_MS: '300' });
  const pids = [await pidOf(program, 'child'), await pidOf(program, 'grandchild')];
  await program.prints(/^ready$/m);

  expect(await program.end()).toBe(0);
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect(program.stderr).toBe('');
});

test('C58: a stop waits for a grandchild that ends after the child', async () => {
  const program = recipe.start(['sh', '-c', SLOW_GRANDCHILD]);
  const pids = [await pidOf(program, 'child'), await pidOf(program, 'grandchild')];
  await program.prints(/^ready$/m);

  expect(await program.end()).toBe(0);
  expect(program.lines).toContain('flushed');
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test('C58: a second signal kills the process group at once', async () => {
  const program = recipe.start(['sh', '-c', IGNORES_SIGTERM], { GRACE_MS: '20000' });
  const pids = [await pidOf(program, 'child'), await pidOf(program, 'grandchild')];
  await program.prints(/^ready$/m);
  program.child.kill('SIGTERM');
  // Printed 2 s after the first signal (N9). A second signal within 200 ms would count as a repeat of the first (N5).
  await program.prints(/still waiting for: sh/, 'stderr');

  expect(await program.end()).toBe(143);
  await until(() => !pids.some(isAlive));
});

test('C59: a command that ends by itself three times in a row stops the program with status 1', async () => {
  const program = recipe.start(['sh', '-c', 'exit 7']);

  expect(await program.exited).toBe(1);
  expect(program.stderr).toContain('sh ended with 7');
});

test('C59: the grandchild is killed when the child has ended by itself', async () => {
  const program = recipe.start(['sh', '-c', 'sleep 1000 & echo grandchild $!']);

  expect(await program.exited).toBe(1);
  const pids = [...program.stdout.matchAll(/^grandchild (\d+)$/gm)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(3);
  expect(pids.filter(isAlive)).toEqual([]);
});

test('C26: a command that does not exist is a failed start', async () => {
  const program = recipe.start(['no-such-command']);

  expect(await program.exited).toBe(1);
  expect(program.stdout).toBe('');
  expect(program.stderr).toContain('ENOENT');
});
