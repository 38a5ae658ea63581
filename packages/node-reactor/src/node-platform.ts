import type { HostHolders, HostPlatform } from '@triphase/core/process';
import { builtin } from './builtin.ts';
import { isWatchedByBun } from './bun-watch.ts';
import { Holders } from './holders.ts';

interface Stream {
  readonly writableLength: number;
  /** What the kernel has not taken of a write that is under way; not public. */
  readonly _handle?: { readonly writeQueueSize?: number };
}

/** What only Node and Bun know or do of their process. */
export class NodePlatform implements HostPlatform {
  readonly #process: NodeJS.Process;

  constructor(process: NodeJS.Process) {
    this.#process = process;
  }

  signalNumber(signal: string): number | undefined {
    const numbers: Readonly<Record<string, number | undefined>> = builtin('os').constants.signals;
    return numbers[signal];
  }

  inspect(value: unknown): string {
    return builtin('util').inspect(value);
  }

  hasTerminal(): boolean {
    return builtin('tty').isatty(0);
  }

  holders(): HostHolders {
    return new Holders(this.#process);
  }

  pendingOutput(): number {
    const { stdout, stderr } = this.#process;
    return sizeOf(stdout) + sizeOf(stderr);
  }

  /** By `--watch` or `--hot` of Bun; that of Node is another process. */
  get isWatched(): boolean {
    return isWatchedByBun(this.#process);
  }

  /** Bun does not tell how much output is pending. */
  get flush(): ((then: () => void) => void) | undefined {
    const { versions, stdout } = this.#process;
    return versions['bun'] === undefined ? undefined : (then) => void stdout.end(then);
  }

  /** Else Node ends a cluster worker with status 0 as soon as its primary is gone (N25). */
  ownParent(): void {
    const { worker } = builtin('cluster');
    if (worker !== undefined) worker.exitedAfterDisconnect = true;
  }

  /**
   * A channel to the parent would hold the process, since a worker of a cluster listens on it, and so does PM2. Where the end is wanted
   * such a worker leaves its cluster: the primary hears that it left by itself, and it must have the answer, which fails otherwise (N13).
   */
  leaveParent(isEndWanted: boolean): void {
    const { connected, channel } = this.#process;
    const { worker } = builtin('cluster');
    if (worker === undefined || !isEndWanted) channel?.unref();
    else if (connected) {
      channel?.ref();
      worker.disconnect();
    }
  }

  /** A listener that somebody left behind would swallow the signal; as PID 1 it has no effect, and the status stands (N11). */
  endBySignal(signal: string): void {
    this.#process.removeAllListeners(signal);
    this.#process.kill(this.#process.pid, signal);
  }
}

/** A write stays in `writableLength` until all of it is taken, however large it is: what the kernel has not taken shows that it goes on. */
function sizeOf({ writableLength, _handle }: Stream): number {
  return (writableLength || 0) + (_handle?.writeQueueSize ?? 0);
}
