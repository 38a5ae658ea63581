import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { SabotagedReactor } from './sabotaged-reactor.ts';
import type { FromSubject, ToSubject } from './subject.ts';

/** The result of the kit on one reactor. */
export interface Finding {
  readonly failures: readonly { readonly test: string; readonly message: string }[];
  readonly passed: number;
  /** `over` when the kit ran to its end, `caught` after the first failure, else what ended it. */
  readonly end: string;
}

/** Ten times the duration of the whole kit. A reactor with which the kit never ends is ended here, which doesn't count as caught. */
const LIMIT_MS = 60_000;

/** Runs the whole kit on a correct reactor. */
export function examineSound(): Promise<Finding> {
  return run({ reactor: undefined, statement: undefined, onlyUntilCaught: false });
}

/** Runs the tests of the statement that the reactor breaks, until one of them fails. */
export function examineSabotaged({ statement, what }: SabotagedReactor): Promise<Finding> {
  return run({ reactor: what, statement, onlyUntilCaught: true });
}

/** The code of the workers: the kit, the reactors and core in one bundle. */
const program = bundle(join(import.meta.dirname, 'subject.ts'));

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    alias: { '@triphase/core': join(import.meta.dirname, '../../../core/src/index.ts') },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent', // errors are thrown
  });
  return outputFiles[0]?.text ?? '';
}

/** Runs the kit in a worker thread: a kit that never ends can be ended, and the next reactor gets a clean host. */
async function run(told: ToSubject): Promise<Finding> {
  // In a function, so that its variables are not global.
  const code = `(() => {${await program}})();`;
  return new Promise((resolve) => {
    const failures: { readonly test: string; readonly message: string }[] = [];
    let passed = 0;
    let end: string | undefined;
    const worker = new Worker(code, {
      eval: true,
      workerData: told,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    const stop = (why: string): void => {
      end ??= why;
      void worker.terminate();
    };
    const limit = setTimeout(stop, LIMIT_MS, `ended after ${LIMIT_MS} ms`);
    worker.on('message', (message: FromSubject) => {
      if (message.kind === 'over') {
        passed = message.passed;
        stop('over');
        return;
      }
      failures.push({ test: message.test, message: message.message });
      if (told.onlyUntilCaught) stop('caught');
    });
    worker.on('error', (error) => {
      end ??= `ended by ${String(error)}`;
    });
    worker.on('exit', () => {
      clearTimeout(limit);
      resolve({ failures, passed, end: end ?? 'ended before the kit was over' });
    });
  });
}
