import { describeGiven } from './check-milliseconds.ts';

/**
 * The clock of a reactor: the host's clock, but it never goes back (C39). A reading that isn't a finite number, and a clock that throws,
 * is reported once; the time stands still until the next good reading.
 */
export class MonotonicClock {
  readonly #read: () => number;
  readonly #report: (error: unknown) => void;
  #last = -Infinity;
  #isBroken = false;

  constructor(read: () => number, report: (error: unknown) => void) {
    this.#read = read;
    this.#report = report;
  }

  /** Each timed call reads the clock (C39), so the rare cases are in other functions (benchmark: P1). */
  now(): number {
    try {
      const now = this.#read();
      if (!Number.isFinite(now)) throw notFinite(now);
      this.#isBroken = false;
      if (now > this.#last) this.#last = now;
    } catch (error) {
      this.#failed(error);
    }
    return this.#last;
  }

  #failed(error: unknown): void {
    if (this.#last === -Infinity) this.#last = 0;
    if (this.#isBroken) return;
    this.#isBroken = true; // set first: the error handler may read the clock
    this.#report(error);
  }
}

function notFinite(now: unknown): TypeError {
  return new TypeError(`The clock returned ${describeGiven(now)}: return milliseconds, a finite number.`);
}
