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

  /** The number of bytes that were not taken yet, some of them counted twice. 0 also if the runtime doesn't report it. */
  get size(): number {
    return this.#host.platform.pendingOutput();
  }

  /** Whether bytes wait, and their number went down within the last second. Call it repeatedly. */
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
