import type { ProcessHost } from './process-host.ts';

/** A reader that has taken nothing for this long is gone. Milliseconds. */
const STALLED_MS = 1_000;

/** Bytes that were written to stdout and stderr and not taken yet, and whether somebody still reads (N11). */
export class PendingOutput {
  readonly #host: ProcessHost;
  #leastSize = Infinity;
  #leastAt = 0;

  constructor(host: ProcessHost) {
    this.#host = host;
  }

  /** Bytes that wait, some of them counted twice; 0 where none do, or the runtime does not tell. */
  get size(): number {
    return this.#host.platform.pendingOutput();
  }

  /** Whether bytes wait and have become fewer of late. Asked again and again. */
  get isRead(): boolean {
    const { size } = this;
    const now = this.#host.now();
    if (size < this.#leastSize) {
      this.#leastSize = size;
      this.#leastAt = now;
    }
    return size > 0 && now - this.#leastAt < STALLED_MS;
  }
}
