import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that takes longer is killed. Milliseconds. */
const LIMIT_MS = 60_000;

/** A runtime that the programs of a test are run by. */
export interface Runtime {
  readonly name: string;
  readonly program: string;
  /** The arguments of the runtime, before the file, for the program of that name. */
  readonly args?: (name: string) => readonly string[];
}

/** How a program ended, as its parent sees it. */
export interface End {
  /** The exit status, or the name of the signal that killed it. */
  readonly status: number | string;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** One program in a process of its own, watched line by line. */
export class Program {
  readonly lines: string[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<End>;
  #look: () => void = () => {};

  constructor(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    { ipc, stdin }: { readonly ipc: boolean; readonly stdin: 'ignore' | 'pipe' },
  ) {
    this.#child = spawn(command, args, { env, stdio: [stdin, 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])] });
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), LIMIT_MS);
    this.#child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
      this.#look();
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.lines.push(line);
      this.#look();
    });
    // Node emits no `close` for a child whose channel was closed.
    const closed = [this.#child.stdout!, this.#child.stderr!].map((stream) => once(stream, 'close'));
    const exited = once(this.#child, 'exit') as Promise<(number | string | null)[]>; // as: the types do not know what comes
    this.#ended = Promise.all([exited, ...closed]).then(([[code, signal]]) => {
      clearTimeout(limit);
      return { status: code ?? signal ?? 'unknown', lines: this.lines, stderr: this.stderr };
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Resolves when it has ended, and all that it wrote is read. */
  get ended(): Promise<End> {
    return this.#ended;
  }

  /** Resolves when it has written a line that begins with `start`, on either stream; rejects when it ends without. */
  async line(start: string): Promise<string> {
    const find = (): string | undefined =>
      [...this.lines, ...this.stderr.split('\n')].find((line) => line.startsWith(start));
    const found: Promise<void> = new Promise((resolve) => {
      this.#look = () => {
        if (find() !== undefined) resolve();
      };
    });
    this.#look();
    const end = await Promise.race([found, this.#ended]);
    const line = find();
    if (line !== undefined) return line;
    throw new Error(`no line "${start}…": ${JSON.stringify(end)}`);
  }

  /** From now on stdout is read in small parts, with pauses of some milliseconds between them. */
  readSlowly(pause: number): void {
    const { stdout } = this.#child;
    stdout!.on('data', () => {
      stdout!.pause();
      setTimeout(() => stdout!.resume(), pause);
    });
  }

  /** Ends its stdin. */
  endInput(): void {
    this.#child.stdin!.end();
  }

  disconnect(): void {
    this.#child.disconnect();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Reads no more of it: what the program writes there from now on is an EPIPE. */
  closeReader(stream: 'stdout' | 'stderr'): void {
    this.#child[stream]!.destroy();
  }

  message(message: string): void {
    this.#child.send(message);
  }

  /** Sends a signal, and resolves with how it ended. */
  async endBy(signal: NodeJS.Signals): Promise<End> {
    this.signal(signal);
    return this.#ended;
  }
}
