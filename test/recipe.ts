/** Builds the program of a recipe (`examples/NAME/src/main.ts`), and runs it as a process. */
import { build } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './docs-blocks.ts';

/** A process that runs longer is killed, and its test fails. Milliseconds. */
const LONGEST = 60_000;

/** For `jest.setTimeout`. */
export const PATIENCE: number = 2 * LONGEST;

/** A recipe in a temporary folder, which `Symbol.dispose` removes. */
export class Recipe implements Disposable {
  /** For the files of the test. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'triphase-recipe-'));
  readonly #running: Set<RunningProgram> = new Set();

  /**
   * Bundles the program of the example whose test folder this is, with the sources of our packages. `others` are programs in the test
   * folder: `programs/server.ts` becomes `server.mjs` in `folder`.
   */
  static async build(testFolder: string, others: readonly string[] = []): Promise<Recipe> {
    const recipe = new Recipe();
    await build({
      entryPoints: ['../src/main.ts', ...others].map((path) => join(testFolder, path)),
      entryNames: '[name]',
      outdir: recipe.folder,
      outExtension: { '.js': '.mjs' },
      tsconfig: join(root, 'tsconfig.test.json'), // its paths lead to the sources
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      logLevel: 'warning',
    });
    return recipe;
  }

  start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): RunningProgram {
    return this.startOther('main.mjs', args, env);
  }

  startOther(file: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): RunningProgram {
    const program = new RunningProgram([join(this.folder, file), ...args], this.folder, env);
    this.#running.add(program);
    return program;
  }

  /** Kills what is still running. */
  killAll(): void {
    for (const { child } of this.#running) child.kill('SIGKILL');
    this.#running.clear();
  }

  [Symbol.dispose](): void {
    this.killAll();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A program of a recipe as a process. */
export class RunningProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** The exit status, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    // Without the settings of jest, which would change how the program runs.
    const clean = { ...process.env, NODE_OPTIONS: undefined, FORCE_COLOR: undefined, NO_COLOR: '1', ...env };
    const options = { cwd, env: clean, timeout: LONGEST, killSignal: 'SIGKILL' } as const;
    this.child = spawn(process.execPath, args, options);
    for (const name of ['stdout', 'stderr'] as const)
      this.child[name].setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
      });
    this.child.stdin.on('error', () => undefined); // it may end before it has read all of its input
    this.exited = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Resolves with the match once the output has one; rejects if the program ends before. */
  async prints(pattern: RegExp, where: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    const ended = this.exited.then(() => true);
    for (let isLast = false; ; isLast = await Promise.race([ended, sleep(5, false)])) {
      const match = pattern.exec(this[where]);
      if (match !== null) return match;
      if (isLast) throw new Error(`it ended without ${String(pattern)}:\n${this.stdout}${this.stderr}`);
    }
  }

  /** Sends the signal, and resolves with the exit status. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.child.kill(signal);
    return this.exited;
  }
}

/** Resolves once the condition holds. It is bounded by the time limit of the test. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
