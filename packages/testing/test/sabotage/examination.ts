import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { SabotagedReactor } from './sabotaged-reactor.ts';
import type { FromSubject, ToSubject } from './subject.ts';

/** What the kit found. */
export interface Finding {
  readonly failures: readonly { readonly test: string; readonly message: string }[];
  readonly passed: number;
  /** `over`: the kit came to its end. Else what ended it. */
  readonly end: string;
}

/** Ten times what the whole kit takes. A reactor that makes the kit spin is ended here, and that doesn't count as caught. */
const LIMIT_MS = 60_000;

/** Runs the whole kit on a sound reactor. */
export function examineSound(): Promise<Finding> {
  return run({ reactor: undefined, statement: undefined, onlyUntilCaught: false });
}

/** Runs the tests of the statement that the reactor breaks, until one of them fails. */
export function examineSabotaged({ statement, what }: SabotagedReactor): Promise<Finding> {
  return run({ reactor: what, statement, onlyUntilCaught: true });
}

/** The kit, its subject and core as one program, the same for all. */
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

/** In a thread of its own: a kit that spins can be ended, and nothing that a reactor leaves behind stays. */
async function run(told: ToSubject): Promise<Finding> {
  // In a function: at the top of a program the variables would be those of the host.
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
