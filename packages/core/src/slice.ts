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
  /** After so many more callbacks it is looked whether the share is used up; they are taken off `#left` then, all together. */
  #untilLook = 1;
  #taken = 1;
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
    this.#untilLook = this.#taken = 1;
    this.#readAt = now;
    this.#endsAt = now + this.#maxMs;
  }

  /** Nothing more of this share: the run is over. */
  end(): void {
    this.#left = 0;
    this.#untilLook = 1;
  }

  /** Asked after each callback: is the share used up? */
  spent(): boolean {
    return --this.#untilLook <= 0 && this.#look();
  }

  #look(): boolean {
    this.#left -= this.#taken;
    if (this.#left <= 0) return true;
    const now = this.#now();
    const took = now - this.#readAt;
    if (took > this.#maxMs / 8) this.#stride = Math.max(1, this.#stride >> 1);
    else if (took < this.#maxMs / 16) this.#stride = Math.min(64, this.#stride << 1);
    this.#untilLook = this.#taken = Math.min(this.#stride, this.#left);
    this.#readAt = now;
    return now >= this.#endsAt;
  }
}
