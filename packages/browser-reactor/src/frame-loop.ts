import { whenSettled, type ErrorSource } from '@triphase/core';
import {
  framePhases,
  takeFrameOptions,
  type Frame,
  type FrameCallback,
  type FrameOptions,
  type FramePhases,
} from './frame-callbacks.ts';
import type { FrameSource, FrameTaker } from './frame-source.ts';
import { FixedSteps } from './fixed-steps.ts';
import { pageHandle, type PageHandle } from './page-handle.ts';

/** The longest time that a frame tells of: after a longer one the page stood still, and nothing is to jump. */
const MAX_DELTA = 100;

interface Registration {
  readonly phases: FramePhases;
  readonly name: string | undefined;
  readonly steps: FixedSteps | undefined;
  isThere: boolean;
  isNew: boolean;
}

/** What a {@link FrameLoop} needs of its reactor. */
interface FrameLoopOptions {
  readonly frames: FrameSource;
  /** The program has started and has not begun to close. */
  readonly isRunning: () => boolean;
  readonly report: (error: unknown, source: ErrorSource) => void;
}

/** The frame callbacks of a reactor (B4): who is called in a frame, in which order, and with what. */
export class FrameLoop implements FrameTaker {
  readonly #options: FrameLoopOptions;
  readonly #registrations: Set<Registration> = new Set();
  #last: number | undefined;

  constructor(options: FrameLoopOptions) {
    this.#options = options;
  }

  get wantsFrame(): boolean {
    return this.#registrations.size > 0 && this.#options.isRunning();
  }

  add(callback: FrameCallback | FramePhases, options: FrameOptions = {}): PageHandle {
    const { name, fixedStep, maxSteps = Infinity } = takeFrameOptions(options);
    const registration = {
      phases: framePhases(callback),
      name,
      steps: fixedStep === undefined ? undefined : new FixedSteps(fixedStep, maxSteps),
      isThere: true,
      isNew: true,
    };
    this.#registrations.add(registration);
    this.#options.frames.update();
    return pageHandle(() => {
      registration.isThere = false;
      this.#registrations.delete(registration);
      this.#options.frames.update();
    });
  }

  /** The page stood still: the time until the next frame counts for nothing. */
  reset(): void {
    this.#last = undefined;
  }

  /** Those that are there now; one that is added meanwhile waits for the next frame, one that is removed is not called any more. */
  onFrame(time: number): void {
    if (!this.wantsFrame) return;
    const delta = this.#deltaAt(time);
    const calls = [...this.#registrations].map((registration) => {
      const { steps, isNew } = registration;
      const own = isNew ? 0 : delta;
      registration.isNew = false;
      const count = steps?.take(own) ?? 1;
      return { registration, count, frame: { time, delta: own, alpha: steps?.alpha ?? 1 } };
    });
    for (const { registration, frame } of calls) this.#call(registration, 'read', frame);
    for (const { registration, frame, count } of calls) {
      const step = registration.steps === undefined ? frame : { ...frame, delta: registration.steps.step };
      for (let i = 0; i < count && this.#call(registration, 'update', step); i++);
    }
    for (const { registration, frame } of calls) this.#call(registration, 'render', frame);
  }

  #deltaAt(time: number): number {
    const last = this.#last ?? time;
    this.#last = Math.max(last, time); // a coarse clock may go back
    return Math.min(this.#last - last, MAX_DELTA);
  }

  /** `false` when it failed, or is not called any more. */
  #call(registration: Registration, phase: keyof FramePhases, frame: Frame): boolean {
    const callback = registration.phases[phase];
    if (callback === undefined || !registration.isThere || !this.#options.isRunning()) return false;
    const failed = (error: unknown): void => {
      const name = registration.name ?? (callback.name || phase);
      this.#options.report(error, { kind: 'call', name });
    };
    try {
      // An async function is a callback too, though nothing waits for it.
      const called: (frame: Frame) => unknown = callback;
      const result = called(frame);
      if (result !== undefined) void whenSettled(result, () => undefined, failed);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }
}
