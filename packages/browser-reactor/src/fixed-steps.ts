/** Of a step: three thirds of it are a whole one, whatever floating point says. */
const ROUNDING = 1e-9;

/** Cuts the time of frames into steps of one length; what is left over counts for the next frame (B4). */
export class FixedSteps {
  readonly step: number;
  readonly #maxSteps: number;
  #left = 0;

  constructor(step: number, maxSteps: number) {
    this.step = step;
    this.#maxSteps = Math.floor(maxSteps);
  }

  /** How far the time that is left over goes towards the next step. */
  get alpha(): number {
    return this.#left / this.step;
  }

  /** How many steps are due after `delta` milliseconds more. Those beyond the limit are dropped, not saved up: they would never be caught up with. */
  take(delta: number): number {
    this.#left += delta;
    const due = Math.floor(this.#left / this.step + ROUNDING);
    this.#left = Math.max(0, this.#left - due * this.step);
    return Math.min(due, this.#maxSteps);
  }
}
