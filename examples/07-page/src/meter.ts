import type { Observer } from '@triphase/core';

/** One measurement. `time` is in milliseconds, by `performance.now()`. */
export interface Sample {
  readonly time: number;
  /** Frames per second, over the second before `time`. */
  readonly frames: number;
  /** Calls per second, over the second before `time`. */
  readonly calls: number;
  /** Maximum lateness of a timed call since the sample before. Milliseconds. */
  readonly lateness: number;
}

/** Samples older than this are dropped. Milliseconds. */
export const SPAN = 10_000;

const SECOND = 1_000;

/** The least time that a rate is computed from. Milliseconds. */
const MIN_DURATION = 200;

/** Measures frames per second, calls per second, and how late timed calls are. */
export class Meter {
  readonly #lastSecond: { time: number; duration: number; frames: number; calls: number }[] = [];
  #samples: Sample[] = [];
  #since = 0;
  #frames = 0;
  #calls = 0;
  #lateness = 0;

  readonly observer: Observer = {
    call: ({ kind, lateness }) => {
      if (kind === 'call') this.#calls += 1;
      else this.#lateness = Math.max(this.#lateness, lateness);
    },
  };

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  countFrame(): void {
    this.#frames += 1;
  }

  sample(): void {
    const time = performance.now();
    this.#lastSecond.push({ time, duration: time - this.#since, frames: this.#frames, calls: this.#calls });
    while (time - (this.#lastSecond[0]?.time ?? time) >= SECOND) this.#lastSecond.shift();
    const sum = (key: 'duration' | 'frames' | 'calls'): number =>
      this.#lastSecond.reduce((total, part) => total + part[key], 0);
    const perSecond = SECOND / sum('duration');
    if (sum('duration') >= MIN_DURATION) {
      const rates = { frames: sum('frames') * perSecond, calls: sum('calls') * perSecond };
      this.#samples = this.#samples.filter((old) => time - old.time < SPAN);
      this.#samples.push({ time, ...rates, lateness: this.#lateness });
    }
    this.#begin(time);
  }

  /** Forgets what it has counted: the page was hidden or paused in between. */
  reset(): void {
    this.#lastSecond.length = 0;
    this.#begin(performance.now());
  }

  #begin(time: number): void {
    this.#since = time;
    this.#frames = this.#calls = this.#lateness = 0;
  }
}
