import {
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  SelfWaitError,
} from '../ground/errors.ts';
import type { SystemEvent } from '../events/system-event.ts';
import type { Run } from './run.ts';

/**
 * Throws if `run()` can't be called: a run is under way, or no run is possible any more (C24). `phases`: how many phases of shutdown have
 * begun in that run.
 */
export function checkRunnable(run: Run | undefined, phases: number): void {
  if (run === undefined) return;
  const hasShutDown = phases > 1 && run.crash === undefined; // from `during shutdown` on
  if (run.state === 'stopped' || hasShutDown) {
    throw new ReactorNotRestartableError("This reactor has stopped and can't run again: construct a new reactor");
  }
  throw new ReactorAlreadyRunningError(
    `This reactor is ${run.state}: wait for the promise that run() returned, or construct another reactor`,
  );
}

/** Throws if a shutdown trigger would wait for itself (C28). */
export function checkSelfWait(shutdown: SystemEvent): void {
  if (shutdown.firing?.isCalling !== true) return;
  throw new SelfWaitError(
    'A shutdown trigger called stop(), which waits for this trigger: return from the trigger, the stop is already under way',
  );
}

/** The error of a method that needs a running reactor. */
export function notRunning(what: string, run: Run | undefined, cause?: unknown): ReactorNotRunningError {
  const state = run?.state ?? 'idle';
  return new ReactorNotRunningError(
    `${what} failed, since the reactor isn't running (state: ${state}): ${state === 'idle' ? 'call run() first' : 'call it before the stop'}`,
    cause === undefined ? {} : { cause },
  );
}

/** Returns the run under way. Throws `ReactorNotRunningError` if there is none, or if it is over; `what` begins the message. */
export function requireRun(run: Run | undefined, what: string): Run {
  if (run === undefined || run.stage === 'over') throw notRunning(what, run);
  return run;
}
