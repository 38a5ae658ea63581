import type { TestRunner } from '@triphase/testing';
import { join } from 'node:path';
import { Program, type End, type Runtime } from './program.ts';

interface Start {
  readonly env?: NodeJS.ProcessEnv;
  readonly ipc?: boolean;
  readonly stdin?: 'ignore' | 'pipe';
  /** A command and its arguments that start the program, such as a shell. */
  readonly through?: readonly string[];
}

/** What each section of the process tests gets: a test runner, and programs on one runtime. */
export class ProcessKit {
  readonly expect: TestRunner['expect'];
  readonly runtime: Runtime;
  readonly #runner: TestRunner;
  readonly #folder: () => string;

  constructor(runner: TestRunner, runtime: Runtime, folder: () => string) {
    this.#runner = runner;
    this.expect = (actual) => runner.expect(actual);
    this.runtime = runtime;
    this.#folder = folder;
  }

  /** One test. `statement` is the number of the statement that it tests, such as N11; `rule` says what holds. */
  it(statement: string, rule: string, body: () => Promise<void>): void {
    this.#runner.it(`${statement}: ${rule}`, body);
  }

  /** A test that can't run here: its name says why. */
  skip(statement: string, rule: string, reason: string): void {
    const { it }: { it: TestRunner['it'] & { readonly skip?: (name: string, body: () => void) => unknown } } =
      this.#runner;
    (it.skip ?? it)(`${statement}: ${rule} (skipped: ${reason})`, () => {});
  }

  /** Runs a program of test/programs, on this runtime. */
  start(name: string, { env = {}, ipc = false, stdin = 'ignore', through = [] }: Start = {}): Program {
    const [command, ...args] = [...through, ...this.command(name)];
    return new Program(command!, args, { ...cleanEnv(), ...env }, { ipc, stdin });
  }

  /** Starts a program, and waits until it prints that its reactor runs. */
  async running(name: string, start?: Start): Promise<Program> {
    const program = this.start(name, start);
    await program.line('running');
    return program;
  }

  /** Runs a program until it ends by itself. */
  async run(name: string): Promise<End> {
    return this.start(name).ended;
  }

  command(name: string): readonly string[] {
    const { program, args } = this.runtime;
    return [program, ...(args?.(name) ?? []), join(this.#folder(), 'main.mjs'), name];
  }
}

/** An environment without the settings of the test runner. */
function cleanEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NO_COLOR: '1' };
}
