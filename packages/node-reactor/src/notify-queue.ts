import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { builtin } from './builtin.ts';

/** The fields of one message of the notify protocol, such as `{ READY: '1' }`. */
export type NotifyMessage = Readonly<Record<string, string>>;

/**
 * Sends messages to systemd, in order, through the program `systemd-notify`: Node has no datagram sockets of the system (N19). One
 * program runs at a time, and nothing waits for it: it holds neither the process nor a stop, and it outlives both.
 */
export class NotifyQueue {
  readonly #env: NodeJS.ProcessEnv;
  readonly #failed: (line: string) => void;
  #waiting: NotifyMessage[] = [];
  #isSending = false;
  #hasFailed = false;
  #isMissing = false;

  /** `env` is all that the program is given; `failed` hears of the first failure alone. */
  constructor(env: NodeJS.ProcessEnv, failed: (line: string) => void) {
    this.#env = env;
    this.#failed = failed;
  }

  send(message: NotifyMessage): void {
    if (this.#isMissing) return;
    if (this.#isSending) this.#wait(message);
    else this.#start(message);
  }

  /** The run is over, and the process may end before the program that runs now does: what waits is sent at once, as one message. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.#start(Object.assign({}, ...waiting) as NotifyMessage); // as: it is made of messages
  }

  /** At most three wait, however slow systemd is. */
  #wait(message: NotifyMessage): void {
    const waiting = this.#waiting;
    const last = waiting.at(-1);
    const isState = 'READY' in message || 'RELOADING' in message || 'STOPPING' in message;
    if (!isState && last !== undefined) {
      waiting[waiting.length - 1] = { ...last, ...message };
      return;
    }
    if ('STOPPING' in message) waiting.length = 0; // what came before a stop no longer counts
    // A second reload while the first one waits to be told: both are told as one.
    if ('RELOADING' in message && waiting.length >= 2) waiting.length -= 2;
    waiting.push(message);
  }

  #start(message: NotifyMessage): void {
    this.#isSending = true;
    let child: ChildProcess;
    try {
      child = builtin('child_process').spawn('systemd-notify', argumentsOf(message), {
        env: this.#env,
        cwd: '/', // our own may be gone
        detached: true, // Ctrl-C in a terminal is not meant for it
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    } catch (error) {
      this.#over(error as Error); // as: Node throws errors
      return;
    }
    child.unref();
    const stderr = child.stderr as Socket | null; // as: a pipe is a socket
    stderr?.unref();
    let said = '';
    stderr?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    let isOver = false;
    const over = (error?: Error): void => {
      if (!isOver) this.#over(error);
      isOver = true;
    };
    child.once('error', over);
    child.once('close', (status, signal) => {
      over(status === 0 ? undefined : new Error(said.trim() || `it ended with ${String(status ?? signal)}`));
    });
  }

  #over(error: NodeJS.ErrnoException | undefined): void {
    this.#isSending = false;
    if (error !== undefined) this.#fail(error);
    const next = this.#waiting.shift();
    if (next !== undefined) this.send(next);
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#isMissing ||= error.code === 'ENOENT';
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failed(
      this.#isMissing
        ? 'systemd hears nothing of this process: the program systemd-notify is not on the PATH. Install it (on Debian it is in the package systemd), or give the unit Type=exec and no WatchdogSec='
        : `systemd-notify failed: ${error.message}. Check that the socket ${String(this.#env['NOTIFY_SOCKET'])} is there and that this user may write to it; further failures are not printed`,
    );
  }
}

/** A value is one line, and not a long one: a line break in it would begin another field. */
function argumentsOf(message: NotifyMessage): string[] {
  return Object.entries(message).map(([field, value]) => {
    const line = value.replaceAll(/[\s\p{Cc}]+/gu, ' ');
    return `${field}=${line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line}`;
  });
}

const MAX_LENGTH = 400;
