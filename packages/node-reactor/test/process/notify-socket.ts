import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from './program.ts';

/**
 * Prints each message of a datagram socket as one line: its fields, separated by ` | `, then the system clock in microseconds.
 * With `BARRIER=1` comes a file descriptor. The receiver does not take it, so the system closes it: `systemd-notify` waits for that.
 */
const RECEIVER = `
import socket, sys, time
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print('bound', flush=True)
while True:
    fields = receiver.recv(65536).decode().strip().split('\\n')
    if fields != ['BARRIER=1']:
        print(' | '.join(fields), '@', time.monotonic_ns() // 1000, flush=True)
`;

/** How long to wait for a message. Milliseconds. */
const LIMIT_MS = 30_000;

/** A message, and when it came: microseconds on the clock of the system. */
export interface Message {
  readonly fields: string;
  readonly at: number;
}

/** The socket that systemd has for each service: a real one, read by a program of its own, since Node has no sockets of that kind. */
export class NotifySocket implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;
  readonly #receiver: Program;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'notify');
    const { PATH, HOME } = process.env;
    this.#receiver = new Program(
      'python3',
      ['-c', RECEIVER, this.path],
      { PATH, HOME },
      { ipc: false, stdin: 'ignore' },
    );
  }

  static async open(): Promise<NotifySocket> {
    const socket = new NotifySocket(mkdtempSync(join(tmpdir(), 'triphase-notify-')));
    await socket.#receiver.line('bound');
    return socket;
  }

  /** What came so far, in order. */
  get messages(): readonly Message[] {
    return this.#receiver.lines.slice(1).map((line) => {
      const [fields = '', at] = line.split(' @ ');
      return { fields, at: Number(at) };
    });
  }

  get fields(): readonly string[] {
    return this.messages.map(({ fields }) => fields);
  }

  /** Resolves once a message has come that begins with `start`. */
  async heard(start: string): Promise<Message> {
    for (;;) {
      const found = this.messages.find(({ fields }) => fields.startsWith(start));
      if (found !== undefined) return found;
      await this.next();
    }
  }

  /** Resolves once one more message has come. */
  async next(): Promise<void> {
    const { length } = this.messages;
    const end = performance.now() + LIMIT_MS;
    while (this.messages.length === length) {
      if (performance.now() > end) throw new Error(`nothing after ${JSON.stringify(this.fields)}`);
      await sleep(5);
    }
  }

  /** Reads nothing until `resume`, like a system that is busy. */
  pause(): void {
    this.#receiver.signal('SIGSTOP');
  }

  resume(): void {
    this.#receiver.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receiver.endBy('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Says which programs the tests with systemd need and this machine lacks; undefined if none. Throws that in continuous integration. */
export function lackingSystemd(): string | undefined {
  const programs = ['systemd-notify', 'systemd-socket-activate', 'systemd-analyze', 'python3'];
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length === 0) return undefined;
  const reason = `not here: ${missing.join(', ')}; npm run setup installs them`;
  if (!['', '0', 'false', undefined].includes(process.env['CI'])) throw new Error(reason);
  return reason;
}
