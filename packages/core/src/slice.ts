/**
 * The share of a turn that one kind of callback gets: `maxMs` milliseconds or `maxBatch` callbacks, whichever is first (C35).
 * One clock read costs as much as twenty callbacks, so it is read after 1, 2, 4 … 64 of them; a stride that took more than an
 * eighth of the slice is halved, else a run of slow callbacks would overshoot it.
 */
export class Slice {
  readonly #now: () => number;
  readonly #maxMs: number;
  readonly #maxBatch: number;
  #left = 0;
  #stride = 1;
  #untilRead = 1;
  #readAt = 0;
  #endsAt = 0;

  constructor(now: () => number, maxMs: number, maxBatch: number) {
    this.#now = now;
    this.#maxMs = maxMs;
    this.#maxBatch = maxBatch;
  }

  /** Begins a share at `now`. */
  begin(now: number): void {
    this.#left = this.#maxBatch;
    this.#stride = 1;
    this.#untilRead = 1;
    this.#readAt = now;
    this.#endsAt = now + this.#maxMs;
  }

  /** Nothing more of this share: the run is over. */
  end(): void {
    this.#left = 0;
  }

  /** Asked after each callback: is the share used up? */
  spent(): boolean {
    if (--this.#left <= 0) return true;
    if (--this.#untilRead > 0) return false;
    return this.#read();
  }

  #read(): boolean {
    const now = this.#now();
    const took = now - this.#readAt;
    if (took > this.#maxMs / 8) this.#stride = Math.max(1, this.#stride >> 1);
    else if (took < this.#maxMs / 16) this.#stride = Math.min(64, this.#stride << 1);
    this.#untilRead = this.#stride;
    this.#readAt = now;
    return now >= this.#endsAt;
  }
}
