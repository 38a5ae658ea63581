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

  /**
   * Whether Bun runs the program again on changes (`--watch`, `--hot`). The watcher of Node is a process of its own, and does not count.
   */
  get isWatched(): boolean {
    return isWatchedByBun(this.#process);
  }

  /** On Bun alone, which does not tell how much output is pending: ends stdout, and calls `then` once all is written. */
  get flush(): ((then: () => void) => void) | undefined {
    const { versions, stdout } = this.#process;
    return versions['bun'] === undefined ? undefined : (then) => void stdout.end(then);
  }

  /** Keeps Node from ending a cluster worker with status 0 as soon as its primary is gone (N25). */
  outliveParent(): void {
    const { worker } = builtin('cluster');
    if (worker !== undefined) worker.exitedAfterDisconnect = true;
  }

  /**
   * The channel to the parent would keep the process alive: `node:cluster` listens on it in a worker, and PM2 in each program that it runs. A
   * worker that is to end leaves its cluster: the primary then knows that it left by itself. The channel must stay open until the primary has
   * answered, since leaving fails otherwise (N13).
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

  /**
   * Ends the process by its own signal. Listeners are removed first: one that is left would catch it. As PID 1 the signal has no effect,
   * and the exit status counts (N11).
   */
  endBySignal(signal: string): void {
    this.#process.removeAllListeners(signal);
    this.#process.kill(this.#process.pid, signal);
  }
}

/**
 * How much output is pending; it falls while output is written. `writableLength` counts a write in full until the kernel has taken all of
 * it; `writeQueueSize` is the rest of that write, and falls part by part.
 */
function sizeOf({ writableLength, _handle }: Stream): number {
  return (writableLength || 0) + (_handle?.writeQueueSize ?? 0);
}
