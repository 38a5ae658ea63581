import { checkKeys, checkMilliseconds } from '@triphase/core';

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

/** The phases of what `onFrame` was given, each read once. Throws `TypeError` where there is none, or an unknown one (C65). */
export function framePhases(callback: FrameCallback | FramePhases): FramePhases {
  if (typeof callback === 'function') return { render: callback };
  if (typeof callback === 'object' && (callback as FramePhases | null) !== null) {
    checkKeys(callback, PHASES, 'onFrame()');
    const phases = { ...callback };
    const given = (Object.values(phases) as unknown[]).filter((phase) => phase !== undefined);
    if (given.length > 0 && given.every((phase) => typeof phase === 'function')) return phases;
  }
  throw new TypeError('onFrame takes a function, or an object of functions: read, update, render');
}

const OPTIONS: readonly (keyof FrameOptions)[] = ['fixedStep', 'maxSteps', 'name'];

/** Checks the options and copies them, so that each is read once. Throws `RangeError` for steps that are none. */
export function takeFrameOptions(given: FrameOptions): FrameOptions {
  checkKeys(given, OPTIONS, 'onFrame()');
  const options = { ...given };
  const { fixedStep = 1, maxSteps = 1 } = options;
  checkMilliseconds(fixedStep, 'fixedStep is');
  if (!(fixedStep > 0 && fixedStep < Infinity)) {
    throw new RangeError(`fixedStep is ${String(fixedStep)}: give milliseconds above 0, such as 1000 / 60`);
  }
  if (typeof maxSteps !== 'number' || !(maxSteps >= 1))
    throw new RangeError(`maxSteps is ${String(maxSteps)}: give a number, 1 or more`);
  return options;
}
