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

/** A ledger as a real process. */
export interface LedgerProcess {
  readonly pid: number;
  /** Resolves with the address once it has said that it listens; rejects when it ends before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<Exit>;
  /** All that it has printed so far. */
  output(): string;
  /** Resolves when it has printed `text`, with the text or the match; rejects when it ends before. */
  prints(text: string | RegExp): Promise<readonly string[]>;
  kill(signal: NodeJS.Signals): void;
}

/** A program, bundled from the sources of the ledger and of the packages, so that the tests need no build. */
export interface Program {
  start(environment: Readonly<Record<string, string>>): LedgerProcess;
  /** Kills what a failed test left running. */
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
  // Nothing of the environment of the tests: a DATABASE_URL there must not get entries.
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const waiting: Set<() => void> = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const look of waiting) look();
    });
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]): Exit => ({ code, signal }) as Exit);
  const prints = (text: string | RegExp): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = typeof text !== 'string' ? text.exec(output) : output.includes(text) ? [text] : null;
        if (found === null) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(({ code, signal }) => {
        reject(new Error(`the ledger ended (${code ?? signal}) before it printed "${String(text)}":\n${output}`));
      });
    });
  const ready = prints(/listening on (\S+) \(pid/).then(([, url]) => url!);
  // Who starts a ledger that must fail does not wait for it to be ready.
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
