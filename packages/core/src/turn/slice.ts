/** The maximum number of callbacks between two clock checks. */
const MAX_STRIDE = 32;

/** After this many quick callbacks in a row, one callback more may run between two clock checks. */
const QUICK_PER_STRIDE = 16;

/**
 * The share of a turn that one kind of callback gets: `maxMs` milliseconds or `maxBatch` callbacks, whichever is first (C35).
 *
 * Reading the clock costs as much as twenty callbacks, so it isn't read after each one (benchmark: P6). The number of callbacks between two
 * checks (the stride) is 1 for every 16 quick callbacks in a row: at least 1, at most `maxStride`. A stride that took more than an eighth of
 * the slice starts the count of quick callbacks again at 0: then each callback is checked. So when callbacks become slow, at most one stride
 * of them runs past the end of the slice.
 */
export class Slice {
  readonly #now: () => number;
  readonly #maxMs: number;
  readonly #maxBatch: number;
  readonly #maxStride: number;
  /** Callbacks that the batch has left; those of a stride are subtracted at its end. */
  #left = 0;
  #stride = 1;
  /** Callbacks until the next clock check. */
  #untilCheck = 1;
  /** Quick callbacks in a row, counted up to the number that allows the longest stride. Kept from turn to turn. */
  #quick = 0;
  #checkedAt = 0;
  #endsAt = 0;

  constructor(now: () => number, maxMs: number, maxBatch: number, maxStride: number = MAX_STRIDE) {
    this.#now = now;
    this.#maxMs = maxMs;
    this.#maxBatch = maxBatch;
    this.#maxStride = maxStride;
  }

  /** Starts a share at `now`. */
  begin(now: number): void {
    this.#left = this.#maxBatch;
    this.#checkedAt = now;
    this.#endsAt = now + this.#maxMs;
    this.#startStride();
  }

  /** Ends the share after the callback under way. */
  end(): void {
    this.#left = 0;
    this.#untilCheck = 1;
  }

  /** Called after each callback: is the share used up? */
  spent(): boolean {
    return --this.#untilCheck <= 0 && this.#check();
  }

  #check(): boolean {
    const now = this.#now();
    const wasQuick = now - this.#checkedAt <= this.#maxMs / 8;
    this.#quick = wasQuick ? Math.min(this.#quick + this.#stride, QUICK_PER_STRIDE * this.#maxStride) : 0;
    this.#checkedAt = now;
    this.#left -= this.#stride;
    this.#startStride();
    return this.#left <= 0 || now >= this.#endsAt;
  }

  #startStride(): void {
    const allowed = Math.max(1, Math.floor(this.#quick / QUICK_PER_STRIDE));
    this.#untilCheck = this.#stride = Math.min(allowed, this.#left);
  }
}
