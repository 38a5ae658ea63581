import { describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { blocksOf, type Block } from './docs-blocks.ts';
import { PATIENCE, withBundle } from './docs-run.ts';

jest.setTimeout(PATIENCE);

const tool = blocksOf('docs/scripts.md').find(({ code }) => code.includes('mkdtempSync'))!;

/** The tool with a child that ignores signals. The child prints `child` once it does so. */
const withStubbornChild: Block = {
  ...tool,
  code: tool.code.replace(
    'const converter = `',
    "const converter = `process.on('SIGINT', () => 0); process.on('SIGTERM', () => 0); console.log('child'); ",
  ),
};

/** A SIGINT to send once the tool has printed `line`, `after` milliseconds later. */
interface Sent {
  readonly line: string;
  readonly after?: number;
  /** `true`: only the tool gets it, as by `kill`. Otherwise its whole process group does, as from a terminal. */
  readonly alone?: boolean;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What the tool left in the folder for temporary files. */
  readonly left: readonly string[];
}

/** Runs the tool in a process group of its own. Resolves when its output is closed: then none of its children is left. */
async function run(block: Block, args: readonly string[], signals: readonly Sent[] = []): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-scripts-'));
  try {
    return await withBundle(block, async (file) => {
      const env = { ...process.env, TMPDIR: folder, NODE_OPTIONS: undefined };
      const child = spawn(process.execPath, [file, ...args], {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const closed = once(child, 'close') as Promise<[number | null]>; // as: the event says so
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      for (const { line, after = 0, alone = false } of signals) {
        while (!`${stdout}${stderr}`.includes(line)) await wait(5);
        await wait(after);
        process.kill(alone ? child.pid! : -child.pid!, 'SIGINT');
      }
      const [status] = await closed;
      return { status, stdout, stderr, left: readdirSync(folder) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('N24: the tool of docs/scripts.md', () => {
  test('it ends with 0 and leaves no temporary file', async () => {
    const stdout = '3 films\nalps: 90 minutes\nbeach: 90 minutes\ncity: 90 minutes\nconverted 3\n';
    expect(await run(tool, ['0.01'])).toEqual({ status: 0, stdout, stderr: '', left: [] });
  });

  test('--help prints one line, with status 0', async () => {
    const ended = await run(tool, ['--help']);
    expect(ended).toMatchObject({ status: 0, stdout: expect.stringMatching(/^films \[seconds\].*\n$/), stderr: '' });
  });

  test('after a child that fails the status is 1, and the error names the child', async () => {
    const fails = { ...tool, code: tool.code.replace("'90 minutes'", 'nothing') };
    const { status, stdout, stderr, left } = await run(fails, ['0.01']);
    expect([status, stdout, left]).toEqual([1, '3 films\nconverted 0\n', []]);
    expect(stderr).toMatch(/Error: \S+ ended with 1/);
  });

  test.each([
    { who: 'the tool and its child get', alone: false },
    { who: 'the tool alone gets', alone: true },
  ])('when $who Ctrl-C, its child ends and its files are removed before it ends with 130', async ({ alone }) => {
    const ended = await run(tool, ['600'], [{ line: '3 films', alone }]);
    expect(ended).toEqual({ status: 130, stdout: '3 films\nconverted 0\n', stderr: '', left: [] });
  });

  test('a child that ignores Ctrl-C is killed after 3 s, with status 124', async () => {
    const { status, stdout, stderr, left } = await run(withStubbornChild, ['600'], [{ line: 'child' }]);
    expect([status, stdout, left]).toEqual([124, '3 films\nchild\nconverted 0\n', []]);
    expect(stderr).toContain('Trigger "convert" (shutdown, before)');
  });

  test('a second Ctrl-C kills a child that ignores the first one', async () => {
    const twice = [{ line: 'child' }, { line: 'child', after: 1_000 }];
    const { status, stdout, stderr, left } = await run(withStubbornChild, ['600'], twice);
    expect([status, stdout, left]).toEqual([130, '3 films\nchild\nconverted 0\n', []]);
    expect(stderr).toMatch(/^SIGINT again: not waiting any longer for convert \(before, \d\.\d s\)$/m);
  });
});
