/** A part of a step: absorbs floating point errors, so that three thirds are a whole step. */
const ROUNDING = 1e-9;

/** How far a frame may be from a whole number of steps and still count as that number. In steps. */
const NEAR_STEPS = 1 / 5;

/** The same for frames shorter than a step, as a part of the frame: with a step of 16.7 ms, frames of 8 and of 9 ms both count as half a step. */
const NEAR_PART = 1 / 10;

/** The part of the drift that is dropped in each frame. A screen whose rate is off by up to 0.4 % never gets a frame with two steps. */
const FORGET = 1 / 128;

/**
 * Cuts the time of frames into steps of one length; the rest counts for the next frame (B4).
 *
 * Timestamps of frames are never exact: a browser rounds them to a tenth of a millisecond or to a whole one, and no screen has exactly 60 Hz.
 * So a frame that is near a whole number of steps, or near a half, a third and so on of one step, counts as that (B22). The differences
 * are added up (the drift). Once they come to half a frame the real time counts: on a screen of 75 Hz a game is no faster than on 60 Hz.
 */
export class FixedSteps {
  readonly step: number;
  readonly #maxSteps: number;
  /** Milliseconds since the last step. */
  #left = 0;
  /** Milliseconds: real time minus the time that was counted. */
  #drift = 0;

  constructor(step: number, maxSteps: number) {
    this.step = step;
    this.#maxSteps = Math.floor(maxSteps);
  }

  /** How far time has gone from the last step towards the next. */
  get alpha(): number {
    return this.#left / this.step;
  }

  /** Returns how many steps are due after `delta` more milliseconds. Steps over the limit are dropped: the page could never catch up. */
  take(delta: number): number {
    this.#left += this.#count(delta);
    const due = Math.floor(this.#left / this.step + ROUNDING);
    this.#left = Math.max(0, this.#left - due * this.step);
    return Math.min(due, this.#maxSteps);
  }

  /** The next step is a whole step from now. */
  restart(): void {
    this.#left = 0;
    this.#drift = 0;
  }

  /** The milliseconds that a frame of `delta` counts as. Over many frames they add up to the real time, except for what `FORGET` drops. */
  #count(delta: number): number {
    const { step } = this;
    const isShort = delta < step * (1 - NEAR_STEPS);
    const near = isShort ? step / Math.round(step / delta) : step * Math.round(delta / step);
    if (delta === 0 || Math.abs(delta - near) > (isShort ? near * NEAR_PART : step * NEAR_STEPS)) return delta;
    const drift = this.#drift + delta - near;
    const limit = Math.min(near, step) / 2;
    if (Math.abs(drift) <= limit) {
      this.#drift = drift * (1 - FORGET);
      return near;
    }
    const counted = Math.max(0, near + drift - Math.sign(drift) * limit);
    this.#drift += delta - counted;
    return counted;
  }
}
