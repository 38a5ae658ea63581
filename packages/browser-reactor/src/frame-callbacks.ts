import { checkMilliseconds } from '@triphase/core';

/** One frame, as a callback sees it (B4). */
export interface Frame {
  /** Milliseconds on the page's clock: the frame's one timestamp, the same for all its callbacks. */
  readonly time: number;
  /**
   * Milliseconds since the frame before, 0 to 100: 0 in the first frame of a callback and in the first after the page was hidden, frozen
   * or cached. For `update` with `fixedStep`, that step.
   */
  readonly delta: number;
  /** How far time has gone from the last fixed step towards the next, 0 to 1 (1 not included): what to interpolate by. Without `fixedStep` it is 1. */
  readonly alpha: number;
}

/** Called once a frame. What it throws is reported, and it is called again in the next one. */
export type FrameCallback = (frame: Frame) => void;

/** Of all callbacks of a frame every `read` runs before every `update`, and that before every `render`, so that layout is computed once. */
export interface FramePhases {
  /** Measures: layout, scroll positions. */
  readonly read?: FrameCallback;
  /** Moves the model on; with `fixedStep` once for each step that is due, none or many. */
  readonly update?: FrameCallback;
  /** Draws. */
  readonly render?: FrameCallback;
}

/** How often `update` is called, and what the callback is called in reports. */
export interface FrameOptions {
  readonly fixedStep?: number;
  readonly maxSteps?: number;
  readonly name?: string;
}

const PHASES = ['read', 'update', 'render'] as const;

/** The phases of what `onFrame` was given. Throws `TypeError` where there is none. */
export function framePhases(callback: FrameCallback | FramePhases): FramePhases {
  if (typeof callback === 'function') return { render: callback };
  const phases = Object.entries((callback as FramePhases | null) ?? {}); // as: callers without types pass anything
  const isPhase = ([name, phase]: [string, unknown]): boolean =>
    (PHASES as readonly string[]).includes(name) && (phase === undefined || typeof phase === 'function');
  if (!phases.every(isPhase) || !phases.some(([, phase]) => phase !== undefined)) {
    throw new TypeError('onFrame takes a function, or an object of functions: read, update, render');
  }
  return callback;
}

/** Throws `RangeError` for steps that are none. */
export function checkFrameOptions({ fixedStep = 1, maxSteps = 1 }: FrameOptions): void {
  checkMilliseconds(fixedStep, 'fixedStep is');
  if (!(fixedStep > 0 && fixedStep < Infinity)) {
    throw new RangeError(`fixedStep is ${String(fixedStep)}: give milliseconds above 0, such as 1000 / 60`);
  }
  if (!(maxSteps >= 1)) throw new RangeError(`maxSteps is ${String(maxSteps)}: give a number, 1 or more`);
}
