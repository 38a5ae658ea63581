/** Runs a program as a real process, to its end. */
import { spawn } from 'node:child_process';
import { root, type Block } from './docs-blocks.ts';

export interface Ended {
  /** The exit status, or the signal that ended it. */
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that takes longer is killed. Milliseconds. The time limit of a test that runs one is a little longer. */
const LONGEST = 120_000;
export const PATIENCE = LONGEST + 10_000;

/** Runs a program to its end. `signal` is sent to it once it has printed a line. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd = root, signal }: { readonly cwd?: string; readonly signal?: NodeJS.Signals | undefined } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Without the settings of jest, which would change how the program runs; without colours; with free ports.
    const env = {
      ...process.env,
      NO_COLOR: '1',
      PORT: '0',
      PROBES_PORT: '0',
      NODE_OPTIONS: undefined,
      FORCE_COLOR: undefined,
    };
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    let sent = signal === undefined;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      if (sent || !stdout.includes('\n')) return;
      sent = true;
      child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, killedBy) => resolve({ status: code ?? String(killedBy), stdout, stderr }));
  });
}

/** The signal that a block gets, by its mark. */
export function signalOf({ mark }: Block): NodeJS.Signals | undefined {
  if (mark === 'sigterm') return 'SIGTERM';
  return mark === 'sigint' ? 'SIGINT' : undefined;
}

/** The expected end of a block: the status of its mark, the output of the page, and nothing on stderr. */
export const success = ({ mark, output }: Block, { stdout }: Ended): Ended => ({
  status: mark === 'sigint' ? 130 : 0,
  stdout: output ?? stdout,
  stderr: '',
});
