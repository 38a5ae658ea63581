import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { builtin } from './builtin.ts';

/** The fields of one message of the notify protocol, three at most, such as `{ READY: '1' }`. */
export type NotifyMessage = Readonly<Record<string, string>>;

/** What a field may hold. Characters. */
const MAX_LENGTH = 400;

/** What the shell ends with where there is no `systemd-notify`. */
const MISSING = 127;

/**
 * Sends each line of its input as one message, in order; tabs separate the fields. The script ends when we do, since its input ends then.
 * Signals that systemd or a terminal sends to all processes of a service are not meant for it. A function makes it, so that bundlers can
 * leave it out: they keep a constant whose value contains calls.
 */
function script(): string {
  return `
trap '' HUP INT TERM
command -v systemd-notify >/dev/null || exit ${String(MISSING)}
while IFS='\t' read -r a b c; do systemd-notify "$a" \${b:+"$b"} \${c:+"$c"} </dev/null; done`;
}

/**
 * Sends messages to systemd through the program `systemd-notify`: Node has no Unix datagram sockets (N19). A shell starts it for each
 * message: if this process started it, each fork would block this process, which takes long with much memory.
 * Nothing waits for that shell: it holds neither the process nor a stop, and sends what it has been told also when we are gone.
 */
export class NotifyProgram {
  readonly #env: NodeJS.ProcessEnv;
  readonly #failed: (line: string) => void;
  #child: ChildProcess | undefined;
  #hasFailed = false;

  /** `env` is all that the program is given; `failed` hears of the first failure alone. */
  constructor(env: NodeJS.ProcessEnv, failed: (line: string) => void) {
    this.#env = env;
    this.#failed = failed;
  }

  open(): void {
    if (this.#child !== undefined) return;
    try {
      this.#child = builtin('child_process').spawn('/bin/sh', ['-c', script()], {
        env: this.#env,
        cwd: '/', // our own may be gone
        detached: true, // Ctrl-C in a terminal is not meant for it
        stdio: ['pipe', 'ignore', 'pipe'],
      });
    } catch (error) {
      this.#fail(String(error));
      return;
    }
    const { stdin, stderr } = this.#child as ChildProcess & { readonly stdin: Socket; readonly stderr: Socket }; // as: Node's pipes
    for (const handle of [this.#child, stdin, stderr]) (handle as Partial<Socket>).unref?.(); // as: not every pipe of Bun has it
    this.#child.on('error', (error) => {
      this.#fail(error.message);
    });
    this.#child.on('exit', (status) => {
      if (status === MISSING) this.#failMissing();
    });
    stdin.on('error', () => undefined); // it has ended: told above
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#fail(text.trim());
    });
  }

  send(message: NotifyMessage): void {
    this.#child?.stdin?.write(`${Object.entries(message).map(fieldOf).join('\t')}\n`);
  }

  /** Whether all that was sent has left this process. */
  get isIdle(): boolean {
    return this.#child?.stdin?.writableLength === 0;
  }

  /** Closes the shell. It still passes on what was sent. */
  close(): void {
    this.#child?.stdin?.end();
    this.#child = undefined;
  }

  #failMissing(): void {
    this.#failOnce(
      'systemd hears nothing of this process: the program systemd-notify is not on its PATH. Install it (on Debian it is in the package systemd), or give the unit Type=exec and no WatchdogSec=',
    );
  }

  #fail(why: string): void {
    this.#failOnce(
      `systemd-notify failed: ${why}. Check that the socket ${String(this.#env['NOTIFY_SOCKET'])} is there and that this user may write to it; further failures are not printed`,
    );
  }

  #failOnce(line: string): void {
    if (!this.#hasFailed) this.#failed(line);
    this.#hasFailed = true;
  }
}

/** A value is one line without tabs, and not a long one: a line break would begin another message. */
function fieldOf([field, value]: readonly [string, string]): string {
  const line = value.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return `${field}=${line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line}`;
}
