import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { build, type Plugin } from 'esbuild';
import type { Sabotage, SabotagedCore } from './sabotage.ts';

/** What the worker is told. */
export interface ToSubject {
  /** The sabotaged reactor, by what it is; the sound one when there is none. */
  readonly reactor: string | undefined;
  /** Only the tests of this statement; all when there is none. */
  readonly statement: string | undefined;
  readonly onlyUntilCaught: boolean;
}

/** What the worker tells. */
export type FromSubject =
  | { readonly kind: 'failure'; readonly test: string; readonly message: string }
  | { readonly kind: 'over'; readonly passed: number };

/** What the kit found. */
export interface Finding {
  readonly failures: readonly { readonly test: string; readonly message: string }[];
  readonly passed: number;
  /** `over`: the kit came to its end. Else what ended it. */
  readonly end: string;
}

const core = `${import.meta.dirname}/../../../core/src`;
/** Ten times what the whole kit takes: a sabotage that makes it spin is cut off here, and is not caught by that. */
const LIMIT_MS = 60_000;

/** The whole kit on a sound reactor over a sound core. */
export function examineTwin(): Promise<Finding> {
  return examine(undefined, { reactor: undefined, statement: undefined, onlyUntilCaught: false });
}

/** The tests of the statement that it breaks, until one of them fails. */
export function examineSabotaged(sabotage: Sabotage): Promise<Finding> {
  const { statement, what } = sabotage;
  const isCore = 'file' in sabotage;
  return examine(isCore ? sabotage : undefined, {
    reactor: isCore ? undefined : what,
    statement,
    onlyUntilCaught: true,
  });
}

async function examine(change: SabotagedCore | undefined, told: ToSubject): Promise<Finding> {
  return run(await bundle(change), told);
}

/** Core, kit and subject as one program. */
async function bundle(change: SabotagedCore | undefined): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/subject.ts`],
    alias: { '@triphase/core': `${core}/index.ts` },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent', // what is wrong is thrown
    plugins: change === undefined ? [] : [replacing(change)],
  });
  return outputFiles[0]?.text ?? '';
}

/** A sabotage that no longer fits the source proves nothing: it must be found, once, in a file that is in the bundle. */
function replacing({ what, file, find, replace }: SabotagedCore): Plugin {
  return {
    name: 'sabotage',
    setup({ onLoad, onEnd }) {
      let places: number | undefined;
      onLoad({ filter: /\/core\/src\/.*\.ts$/ }, async ({ path }) => {
        if (!path.endsWith(`/core/src/${file}`)) return undefined;
        const source = await readFile(path, 'utf8');
        places = source.split(find).length - 1;
        return { contents: source.replace(find, () => replace), loader: 'ts' };
      });
      onEnd(() => {
        if (places === 1) return;
        const found = places === undefined ? 'which is not in core' : `and finds ${places} places`;
        throw new Error(`"${what}" wants to change one place in ${file}, ${found}: ${find}`);
      });
    },
  };
}

/** In a thread of its own: a kit that spins can be ended, and what a sabotage leaves behind goes with it. */
function run(program: string, told: ToSubject): Promise<Finding> {
  return new Promise((resolve) => {
    const failures: { readonly test: string; readonly message: string }[] = [];
    let passed = 0;
    let end: string | undefined;
    const worker = new Worker(program, {
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
    const limit = setTimeout(stop, LIMIT_MS, `cut off after ${LIMIT_MS} ms`);
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
