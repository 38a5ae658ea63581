import type { TestRunner } from '@triphase/testing';
import { join } from 'node:path';
import { Program, type End, type Runtime } from './program.ts';

interface Start {
  readonly env?: NodeJS.ProcessEnv;
  readonly ipc?: boolean;
  readonly stdin?: 'ignore' | 'pipe';
  /** What starts it, if not we: a command and its arguments. */
  readonly through?: readonly string[];
}

/** What a section of the process tests is given: a runner of tests, and programs on one runtime. */
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

  /** One test, named by its statement. */
  it(statement: string, rule: string, body: () => Promise<void>): void {
    this.#runner.it(`${statement}: ${rule}`, body);
  }

  /** One that cannot run here: the reason is printed in its name. */
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

  /** Runs it, and waits until it says that its reactor runs. */
  async running(name: string, start?: Start): Promise<Program> {
    const program = this.start(name, start);
    await program.line('running');
    return program;
  }

  /** Runs it to its end, which comes by itself. */
  async run(name: string): Promise<End> {
    return this.start(name).ended;
  }

  command(name: string): readonly string[] {
    const { program, args } = this.runtime;
    return [program, ...(args?.(name) ?? []), join(this.#folder(), 'main.mjs'), name];
  }
}

/** Nothing of how the tests themselves were started. */
function cleanEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NO_COLOR: '1' };
}
