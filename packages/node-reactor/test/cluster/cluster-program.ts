import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClusterOptions, ClusterStatus } from '@triphase/node-reactor/cluster';
import { freePort } from '../../../../scripts/http-load.mjs';

/** A program that takes longer is killed. Milliseconds. */
const LIMIT_MS = 30_000;

/** How a cluster ended. */
export interface End {
  /** The exit status of the primary, or the name of the signal that killed it. */
  readonly status: number | string;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** How a cluster is started. `through`: a command that starts it, such as a shell. */
export interface Start {
  readonly through?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly runtime?: readonly string[];
  /** How long it may run. Default 30 000. */
  readonly limitMs?: number;
}

/**
 * A primary and its workers, in a process group of their own. `ended` resolves when the last of them has closed stdout, which all of them
 * share: then there is no orphan.
 */
export class ClusterProgram implements Disposable {
  readonly port: number;
  readonly lines: string[] = [];
  stderr = '';
  readonly ended: Promise<End>;
  /** The folder of the deployed version. */
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #probes: number;
  #look: (() => void)[] = [];

  static async start(
    bundle: { readonly folder: string },
    options: ClusterOptions = {},
    start: Start = {},
  ): Promise<ClusterProgram> {
    return new ClusterProgram(bundle, options, start, await freePort(), await freePort());
  }

  private constructor(
    bundle: { readonly folder: string },
    options: ClusterOptions,
    start: Start,
    port: number,
    probes: number,
  ) {
    const { through = [], env = {}, runtime = [process.execPath], limitMs = LIMIT_MS } = start;
    this.port = port;
    this.#probes = probes;
    this.folder = mkdtempSync(join(tmpdir(), 'triphase-deployed-'));
    this.deploy(env['VERSION'] ?? 'v1', env['FAULT']);
    const { PATH, HOME, TMPDIR } = process.env;
    const [command, ...args] = [
      ...through.map((part) => part.replace('@PORT', String(port))),
      ...runtime,
      join(bundle.folder, 'primary.mjs'),
    ];
    this.#child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH,
        HOME,
        NO_COLOR: '1',
        ...(TMPDIR !== undefined && { TMPDIR }),
        PORT: String(port),
        DEPLOYED: join(this.folder, 'deployed.json'),
        CLUSTER: JSON.stringify({ drainTimeout: 5_000, probes: { port: probes }, ...options }),
        ...env,
      },
    });
    let isOverdue = false;
    const limit = setTimeout(() => {
      isOverdue = true;
      this[Symbol.dispose]();
    }, limitMs);
    this.#child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
      for (const look of this.#look) look();
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.lines.push(line);
      for (const look of this.#look) look();
    });
    this.ended = once(this.#child, 'close').then(([code, signal]: (number | string)[]) => {
      clearTimeout(limit);
      if (isOverdue) throw new Error(`some of it was still there after ${limitMs / 1_000} s: ${this.lines.join('; ')}`);
      return { status: code ?? signal!, lines: this.lines, stderr: this.stderr };
    });
  }

  /** Stops reading stderr, as when the program that reads it has ended. */
  closeStderr(): void {
    this.#child.stderr!.destroy();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Deploys another version: workers that start from now on run it. */
  deploy(version: string, fault?: string): void {
    writeFileSync(join(this.folder, 'deployed.json'), JSON.stringify({ version, fault }));
  }

  /** Lets workers with the fault `waits` go on. */
  go(): void {
    writeFileSync(join(this.folder, 'deployed.json.go'), '');
  }

  /** Resolves once `count` lines match, on stdout or stderr; rejects if the cluster ends before. */
  async line(pattern: string | RegExp, count = 1): Promise<string> {
    const isFound = (line: string): boolean =>
      typeof pattern === 'string' ? line.startsWith(pattern) : pattern.test(line);
    const find = (): string | undefined => [...this.lines, ...this.stderr.split('\n')].filter(isFound)[count - 1];
    const found: Promise<void> = new Promise((resolve) => {
      this.#look.push(() => {
        if (find() !== undefined) resolve();
      });
    });
    for (const look of this.#look) look();
    const end = await Promise.race([found, this.ended]);
    const line = find();
    if (line !== undefined) return line;
    throw new Error(`no line ${String(pattern)}: ${JSON.stringify(end)}`);
  }

  /** The process ids of the workers that have printed a text such as `v1 runs`. */
  pids(said: string): number[] {
    return this.lines.filter((line) => line.startsWith(`${said} `)).map((line) => Number(line.split(' ').at(-1)));
  }

  async status(): Promise<ClusterStatus> {
    const response = await this.probe('/statusz');
    return (await response.json()) as ClusterStatus;
  }

  probe(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#probes}${path}`);
  }

  get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { connection: 'close' } });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal to the whole process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  async endBy(signal: NodeJS.Signals): Promise<End> {
    this.signal(signal);
    return this.ended;
  }

  /** Whether both ports can be listened on. */
  async arePortsFree(): Promise<boolean> {
    const isFree = async (port: number): Promise<boolean> => {
      const server = createServer();
      const listening: Promise<boolean> = new Promise((resolve) => {
        server.once('listening', () => resolve(true)).once('error', () => resolve(false));
      });
      server.listen(port);
      const free = await listening;
      server.close();
      return free;
    };
    return (await isFree(this.port)) && (await isFree(this.#probes));
  }

  /** Kills all processes that are left. */
  [Symbol.dispose](): void {
    try {
      this.signalGroup('SIGKILL');
    } catch {
      // nothing is left
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
