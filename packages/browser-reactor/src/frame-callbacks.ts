import { checkKeys, checkMilliseconds } from '@triphase/core';
import type { FrameClock } from './clock-rate.ts';

/** One frame, as a callback sees it (B4). */
export interface Frame {
  /** Milliseconds on the page's clock: the frame's one timestamp, the same for all its callbacks. With `useFrames`, on that source's clock. */
  readonly time: number;
  /**
   * Milliseconds since the callback was last called, at most `maxDelta`: 0 in its first frame, and in the first after the page was hidden,
   * frozen or cached. In `update` with `fixedStep`: the length of the step. With `clock`: measured by that clock.
   */
  readonly delta: number;
  /** How far time has gone from the last fixed step towards the next, 0 to 1 (1 not included): interpolate by it. Without `fixedStep` it is 1. */
  readonly alpha: number;
  /** What the source of `useFrames` passes beside the time: an `XRFrame` in a WebXR session (B26). */
  readonly native?: unknown;
}

/** Called once a frame. What it throws is reported, and it is called again in the next one. */
export type FrameCallback = (frame: Frame) => void;

/** In one frame every `read` of all callbacks runs first, then every `update`, then every `render`. So layout is computed once. */
export interface FramePhases {
  /** Measures: layout, scroll positions. */
  readonly read?: FrameCallback;
  /** Moves the model on; with `fixedStep` once for each step that is due, none or many. */
  readonly update?: FrameCallback;
  /** Draws. */
  readonly render?: FrameCallback;
}

/** Options of {@link BrowserReactor.onFrame}. */
export interface FrameOptions {
  /**
   * Milliseconds of each `update`, 0.1 or more; without it `update` is called once a frame. On a steady screen steps come evenly (B22).
   */
  readonly fixedStep?: number;
  /** The maximum number of steps in one frame, 1 or more; time beyond them is dropped. Default: as many as a `delta` holds. */
  readonly maxSteps?: number;
  /** The longest `delta`, in milliseconds above 0; the rest of a longer pause is dropped. Default 100 (B22). */
  readonly maxDelta?: number;
  /** The maximum number of calls a second, above 0. Default: `Infinity`, each frame. On a steady screen calls come evenly (B22). */
  readonly maxFps?: number;
  /** Callbacks with a lower order are called first in each of read, update and render; those with the same, as registered. Default 0 (B23). */
  readonly order?: number;
  /**
   * `delta` follows this clock, such as a `scaledClock` (B25). While the clock stands still the callback is not called. Default: real time.
   */
  readonly clock?: FrameClock;
  /** Its name in `onError`; default: the function's name. */
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

const OPTIONS: readonly (keyof FrameOptions)[] = [
  'fixedStep',
  'maxSteps',
  'maxDelta',
  'maxFps',
  'order',
  'clock',
  'name',
];

/**
 * The shortest step, in milliseconds. A shorter one is probably in seconds, such as 1 / 60, and would call `update` a thousand times in
 * each frame.
 */
const MIN_STEP = 0.1;

/** Checks the options and copies them, so that each is read once. Throws `TypeError` and `RangeError` for those that are wrong. */
export function takeFrameOptions(given: FrameOptions): FrameOptions {
  checkKeys(given, OPTIONS, 'onFrame()');
  const options = { ...given };
  const { fixedStep = 1, maxSteps = 1, maxDelta = 1, maxFps = 1, order = 0, clock } = options;
  checkMilliseconds(fixedStep, 'fixedStep is');
  checkMilliseconds(maxDelta, 'maxDelta is');
  if (!(fixedStep >= MIN_STEP && fixedStep < Infinity))
    throw wrong('fixedStep', fixedStep, `milliseconds, ${String(MIN_STEP)} or more, such as 1000 / 60`);
  if (!(maxDelta > 0)) throw wrong('maxDelta', maxDelta, 'milliseconds above 0');
  if (!isNumber(maxSteps) || !(maxSteps >= 1)) throw wrong('maxSteps', maxSteps, 'a number, 1 or more');
  if (!isNumber(maxFps) || !(maxFps > 0)) throw wrong('maxFps', maxFps, 'a number above 0');
  if (!isNumber(order)) throw wrong('order', order, 'a number');
  if (clock !== undefined && typeof (clock as Partial<FrameClock> | null)?.now !== 'function')
    throw new TypeError('The clock of onFrame has no function now(): give a reactor or a scaledClock');
  return options;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && value === value; // NaN isn't equal to itself
}

function wrong(option: string, value: unknown, what: string): RangeError {
  return new RangeError(`${option} is ${String(value)}: give ${what}`);
}
