import type { NodeHost } from './node-host.ts';

/** A reader that has taken nothing for this long is gone. Milliseconds. */
const STALLED_MS = 1_000;

interface Stream {
  readonly writableLength: number;
  /** What the kernel has not taken of a write that is under way; not public. */
  readonly _handle?: { readonly writeQueueSize?: number };
}

/** Bytes that were written to stdout and stderr and not taken yet, and whether somebody still reads (N11). */
export class PendingOutput {
  readonly #host: NodeHost;
  #least = Infinity;
  #since = 0;

  constructor(host: NodeHost) {
    this.#host = host;
  }

  /** Bytes that wait, some of them counted twice; 0 where none do, or the runtime does not tell. */
  get size(): number {
    const { stdout, stderr } = this.#host.process;
    return sizeOf(stdout) + sizeOf(stderr);
  }

  /** Whether bytes wait and have become fewer of late. Asked again and again. */
  get isRead(): boolean {
    const { size } = this;
    const now = this.#host.now();
    if (size < this.#least) {
      this.#least = size;
      this.#since = now;
    }
    return size > 0 && now - this.#since < STALLED_MS;
  }
}

/** A write stays in `writableLength` until all of it is taken, however large it is: what the kernel has not taken shows that it goes on. */
function sizeOf({ writableLength, _handle }: Stream): number {
  return (writableLength || 0) + (_handle?.writeQueueSize ?? 0);
}
