import type { Clock } from '../ground/clock.ts';
import { whenSettled } from '../ground/thenable.ts';
import { report } from './completion.ts';

/** If `result` is a thenable: a stop waits for it, with `clock.waitUntil`. A rejection is reported, under `name`. */
export function holdForResult(clock: Clock, name: string, result: unknown): void {
  const settled = whenSettled(
    result,
    () => undefined,
    (error) => {
      throw error;
    },
  );
  if (settled !== undefined) holdStop(clock, name, settled);
}

/** A stop waits for `run`, with `clock.waitUntil`. A rejection is reported, under `name`. */
export function holdStop(clock: Clock, name: string, run: Promise<unknown>): void {
  try {
    if (clock.waitUntil !== undefined) {
      clock.waitUntil(run, { name });
      return;
    }
  } catch {
    // The run is over: too late to hold the stop.
  }
  reportRejection(clock, name, run);
}

/** Nobody waits for `run`; a rejection is reported, under `name`. */
export function reportRejection(clock: Clock, name: string, run: Promise<unknown>): void {
  run.catch((error: unknown) => {
    report(clock, name, error);
  });
}
