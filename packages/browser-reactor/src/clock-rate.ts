/** The part of a clock that frames need. */
export interface FrameClock {
  /** Milliseconds. */
  now(): number;
}

/**
 * How fast another clock runs, measured by the clock of the reactor (B25). A frame's `delta` is multiplied by it. So `delta` keeps the even
 * distances of the frames' timestamps. Times that are read from a clock during the frame, a little earlier or later in each, are not even.
 */
export class ClockRate {
  readonly #clock: FrameClock;
  readonly #now: () => number;
  #last = NaN;
  #lastReal = NaN;
  #rate = 0;

  constructor(clock: FrameClock, now: () => number) {
    this.#clock = clock;
    this.#now = now;
  }

  /** The rate since the last call: 1 for real time, 0 for a clock that stood still. Throws what the clock throws. */
  take(): number {
    const now = this.#clock.now();
    const real = this.#now();
    const passed = real - this.#lastReal;
    // The reactor's clock may be so coarse that two frames have the same time.
    if (passed !== 0) {
      const rate = (now - this.#last) / passed;
      this.#rate = rate > 0 && rate < Infinity ? rate : 0; // a clock may go back, or return NaN
      this.#last = now;
      this.#lastReal = real;
    }
    return this.#rate;
  }
}
