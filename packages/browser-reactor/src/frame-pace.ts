import { FixedSteps } from './fixed-steps.ts';

/** A frame that took longer than this part of the interval is late: the next interval begins with that frame. */
const LATE = 0.9;

/** Lets through at most `maxFps` frames a second, evenly (B22): on a steady screen their distances differ by one frame at most. */
export class FramePace {
  readonly #intervals: FixedSteps;

  constructor(maxFps: number) {
    this.#intervals = new FixedSteps(1_000 / maxFps, 1);
  }

  /** Whether a frame that comes `delta` ms after the one before is let through. */
  letsThrough(delta: number): boolean {
    const isDue = this.#intervals.take(delta) > 0;
    if (isDue && delta > LATE * this.#intervals.step) this.restart(); // else the next one would come too early
    return isDue;
  }

  /** The next interval begins now. */
  restart(): void {
    this.#intervals.restart();
  }
}
