import type { Observer } from '@triphase/core';

/** What happened until `time`, by `performance.now()`. */
export interface Sample {
  readonly time: number;
  /** In the second before. */
  readonly frames: number;
  readonly calls: number;
  /** Milliseconds: how late the latest timed call was since the last sample. */
  readonly lateness: number;
}

/** Milliseconds of samples that are kept. */
export const SPAN = 10_000;

const SECOND = 1_000;

/** A rate isn't computed from less time than this. Milliseconds. */
const SHORTEST = 200;

/** Counts frames and calls, and how late timed calls are. */
export class Meter {
  readonly #second: { time: number; duration: number; frames: number; calls: number }[] = [];
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
    this.#second.push({ time, duration: time - this.#since, frames: this.#frames, calls: this.#calls });
    while (time - (this.#second[0]?.time ?? time) >= SECOND) this.#second.shift();
    const sum = (key: 'duration' | 'frames' | 'calls'): number =>
      this.#second.reduce((total, part) => total + part[key], 0);
    const perSecond = SECOND / sum('duration');
    if (sum('duration') >= SHORTEST) {
      const rates = { frames: sum('frames') * perSecond, calls: sum('calls') * perSecond };
      this.#samples = this.#samples.filter((old) => time - old.time < SPAN);
      this.#samples.push({ time, ...rates, lateness: this.#lateness });
    }
    this.#begin(time);
  }

  /** Starts again: the page was paused before. */
  reset(): void {
    this.#second.length = 0;
    this.#begin(performance.now());
  }

  #begin(time: number): void {
    this.#since = time;
    this.#frames = this.#calls = this.#lateness = 0;
  }
}
