import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE, Recipe, until, type RunningProgram } from '../../../test/recipe.ts';

jest.setTimeout(PATIENCE);

let recipe: Recipe;
/** `TMPDIR` of the program that was started last. */
let tmp: string;

beforeAll(async () => {
  recipe = await Recipe.build(import.meta.dirname);
});
afterEach(() => recipe.killAll());
afterAll(() => recipe[Symbol.dispose]());

function start(): RunningProgram {
  tmp = mkdtempSync(join(recipe.folder, 'tmp-'));
  return recipe.start([], { TMPDIR: tmp });
}

/** The files in the temporary folders of a program. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/'));

/** Writes lines to stdin without an end. */
function flood({ child: { stdin } }: RunningProgram): void {
  const lines = 'a line of text that has some length\n'.repeat(1_000);
  const write = (): void => {
    while (stdin.writable && stdin.write(lines));
  };
  stdin.on('drain', write);
  write();
}

test('the tool prints 25,000 lines in reverse order and leaves no file', async () => {
  const program = start();
  const lines = Array.from({ length: 25_000 }, (_, n) => `line ${n}`);
  program.child.stdin.end(`${lines.join('\n')}\n`);

  expect(await program.exited).toBe(0);
  expect(program.lines).toEqual(lines.reverse());
  expect(program.stderr).toBe('');
  expect(readdirSync(tmp)).toEqual([]);
});

test.each([
  { signal: 'SIGINT', status: 130 },
  { signal: 'SIGTERM', status: 143 },
  { signal: 'SIGHUP', status: 129 },
] as const)(
  'C63: $signal during the input ends the tool with status $status and leaves no file',
  async ({ signal, status }) => {
    const program = start();
    flood(program);
    await until(() => filesOf(tmp).length >= 20);

    expect(await program.end(signal)).toBe(status);
    expect({ stdout: program.stdout, stderr: program.stderr, left: readdirSync(tmp) }).toEqual({
      stdout: '',
      stderr: '',
      left: [],
    });
  },
);

test('C63: Ctrl-C while the tool waits for a slow reader leaves no file', async () => {
  const program = start();
  program.child.stdout.pause();
  program.child.stdin.end('a line of text that has some length\n'.repeat(100_000));
  // The tool prints only after it has read all input. It then waits, because the output does not fit into the pipe.
  await until(() => program.child.stdout.readableLength > 0);
  program.child.kill('SIGINT');
  program.child.stdout.resume();

  expect(await program.exited).toBe(130);
  expect(readdirSync(tmp)).toEqual([]);
});

test('N23: a reader that closes the pipe, as head -1 does, leaves no file', async () => {
  const program = start();
  program.child.stdin.end('a line of text that has some length\n'.repeat(100_000));
  program.child.stdout.once('data', () => program.child.stdout.destroy());

  expect(await program.exited).toBe(1);
  expect(program.stderr).toBe('');
  expect(readdirSync(tmp)).toEqual([]);
});
