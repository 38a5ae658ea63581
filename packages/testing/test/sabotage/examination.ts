import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build, type Plugin } from 'esbuild';
import type { Sabotage, SabotagedCore } from './sabotage.ts';
import type { FromSubject, ToSubject } from './subject.ts';

/** What the kit found. */
export interface Finding {
  readonly failures: readonly { readonly test: string; readonly message: string }[];
  readonly passed: number;
  /** `over`: the kit came to its end. Else what ended it. */
  readonly end: string;
}

const coreSources = join(import.meta.dirname, '../../../core/src');
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
  return run(program(await bundleCore(change), await kit), told);
}

/** The kit and its subject, which are the same for all. */
const kit = bundle(join(import.meta.dirname, 'subject.ts'), []);

async function bundleCore(change: SabotagedCore | undefined): Promise<string> {
  return bundle(join(coreSources, 'index.ts'), change === undefined ? [] : [await replacing(change)]);
}

/** One CommonJS module, but for what it takes from core. */
async function bundle(entry: string, plugins: Plugin[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    external: ['@triphase/core'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent', // what is wrong is thrown
    plugins,
  });
  return outputFiles[0]?.text ?? '';
}

/** Two modules in functions of their own: at the top of a program their variables would be those of the host. */
function program(core: string, kit: string): string {
  return `const core = { exports: {} };
((module) => {${core}})(core);
((require) => {${kit}})((name) => (name === '@triphase/core' ? core.exports : require(name)));`;
}

/** A sabotage that no longer fits the source proves nothing: its place must be there, and be the only one. */
async function replacing({ what, file, find, replace }: SabotagedCore): Promise<Plugin> {
  const place = join(coreSources, file);
  const source = await readFile(place, 'utf8');
  const found = source.split(find).length - 1;
  if (found !== 1) {
    throw new Error(
      `"${what}" changes one place in core's ${file}, but there are ${found}; bring it up to date: ${find}`,
    );
  }
  const contents = source.replace(find, () => replace);
  return {
    name: 'sabotage',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => (path === place ? { contents, loader: 'ts' } : undefined));
    },
  };
}

/** In a thread of its own: a kit that spins can be ended, and what a sabotage leaves behind goes with it. */
function run(code: string, told: ToSubject): Promise<Finding> {
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
