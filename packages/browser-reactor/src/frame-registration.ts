import { ClockRate } from './clock-rate.ts';
import { FixedSteps } from './fixed-steps.ts';
import type { Frame, FrameOptions, FramePhases } from './frame-callbacks.ts';
import { FramePace } from './frame-pace.ts';

/** What a registration does in one frame. */
export interface FrameCall {
  readonly frame: Frame;
  /** How often `update` is called. */
  readonly updates: number;
}

/** One `onFrame`: in which frames it is called, and with what. */
export class FrameRegistration {
  readonly phases: FramePhases;
  readonly name: string | undefined;
  readonly order: number;
  readonly steps: FixedSteps | undefined;
  readonly #pace: FramePace | undefined;
  readonly #rate: ClockRate | undefined;
  readonly #maxDelta: number;
  /** Milliseconds since it was last called. Undefined: not called yet, or the page stood still. */
  #elapsed: number | undefined;
  isRegistered = true;

  /** `now`: the clock of the reactor. The options are checked. */
  constructor(phases: FramePhases, options: FrameOptions, now: () => number) {
    const { name, order = 0, fixedStep, maxSteps = Infinity, maxDelta = 100, maxFps = Infinity, clock } = options;
    this.phases = phases;
    this.name = name;
    this.order = order;
    this.steps = fixedStep === undefined ? undefined : new FixedSteps(fixedStep, maxSteps);
    this.#pace = maxFps === Infinity ? undefined : new FramePace(maxFps);
    this.#rate = clock && new ClockRate(clock, now);
    this.#maxDelta = maxDelta;
  }

  /** The page stood still: the time until the next frame doesn't count. */
  reset(): void {
    this.#elapsed = undefined;
  }

  /** Called in each frame, `passed` ms after the one before. Returns undefined if it skips this one. Throws what its clock throws. */
  take(time: number, passed: number, native?: unknown): FrameCall | undefined {
    const delta = this.#delta(passed);
    if (delta === undefined) return undefined;
    const updates = this.steps?.take(delta) ?? 1;
    const alpha = this.steps?.alpha ?? 1;
    return { frame: native === undefined ? { time, delta, alpha } : { time, delta, alpha, native }, updates };
  }

  #delta(passed: number): number | undefined {
    const before = this.#elapsed;
    if (before === undefined) {
      this.#pace?.restart();
      this.#rate?.take();
      this.#elapsed = 0;
      return 0;
    }
    this.#elapsed = before + passed;
    if (this.#pace?.letsThrough(passed) === false) return undefined;
    const delta = Math.min(this.#elapsed, this.#maxDelta);
    this.#elapsed = 0;
    const rate = this.#rate?.take() ?? 1;
    return rate === 0 ? undefined : delta * rate;
  }
}
