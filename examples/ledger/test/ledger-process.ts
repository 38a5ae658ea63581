import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const folder = join(import.meta.dirname, '..');
const root = join(folder, '..', '..');

/** How a process ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A ledger that runs as a process. */
export interface LedgerProcess {
  readonly pid: number;
  /** Resolves with the address when the ledger listens. Rejects if it ends before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<Exit>;
  /** Its output so far. */
  output(): string;
  /** Resolves with the text or the match when the ledger has printed it. Rejects if the ledger ends before. */
  prints(text: string | RegExp): Promise<readonly string[]>;
  kill(signal: NodeJS.Signals): void;
}

/** A program of the ledger, bundled with the sources of our packages, so that the tests need no build. */
export interface Program {
  start(environment: Readonly<Record<string, string>>): LedgerProcess;
  /** Kills the ledgers that a failed test has left running, and removes the bundle. */
  remove(): Promise<void>;
}

export async function buildLedger(entry: string = join('src', 'main.ts')): Promise<Program> {
  const program = join(folder, 'dist', `test-${process.pid}-${randomUUID()}.mjs`);
  const sourceOf = (module: string, ...path: string[]): string =>
    `--alias:@triphase/${module}=${join(root, 'packages', ...path)}`;
  const sources = [
    sourceOf('core', 'core', 'src', 'index.ts'),
    sourceOf('core/process', 'core', 'src', 'process.ts'),
    sourceOf('core/serving', 'core', 'src', 'serving.ts'),
    sourceOf('node-reactor', 'node-reactor', 'src', 'index.ts'),
    sourceOf('node-reactor/http', 'node-reactor', 'src', 'http.ts'),
  ];
  await promisify(execFile)(
    join(root, 'node_modules', '.bin', 'esbuild'),
    [
      join(folder, entry),
      ...['--bundle', '--packages=external', '--platform=node', '--format=esm', '--target=node20.19'],
      ...['--sourcemap=inline', ...sources, `--outfile=${program}`],
    ],
    { cwd: folder },
  );
  const running: Set<LedgerProcess> = new Set();
  return {
    start(environment) {
      const ledger = startLedger(program, environment);
      running.add(ledger);
      void ledger.ended.then(() => running.delete(ledger));
      return ledger;
    },
    async remove() {
      for (const ledger of running) ledger.kill('SIGKILL');
      await Promise.all([...running].map(({ ended }) => ended));
      await rm(program, { force: true });
    },
  };
}

function startLedger(program: string, environment: Readonly<Record<string, string>>): LedgerProcess {
  // Does not pass on the environment of the tests, whose DATABASE_URL must not get entries.
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const checks: Set<() => void> = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const check of checks) check();
    });
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]): Exit => ({ code, signal }) as Exit);
  const prints = (text: string | RegExp): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = typeof text !== 'string' ? text.exec(output) : output.includes(text) ? [text] : null;
        if (found === null) return;
        checks.delete(check);
        resolve(found);
      };
      checks.add(check);
      check();
      void ended.then(({ code, signal }) => {
        reject(new Error(`the ledger ended (${code ?? signal}) before it printed "${String(text)}":\n${output}`));
      });
    });
  const ready = prints(/listening on (\S+) \(pid/).then(([, url]) => url!);
  // A test that expects a failed start does not use `ready`: its rejection is then no unhandled one.
  ready.catch(() => undefined);
  return {
    pid: child.pid!,
    ready,
    ended,
    output: () => output,
    prints,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
