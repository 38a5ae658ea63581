import {
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  SelfWaitError,
} from '../ground/errors.ts';
import type { LifeEvents } from './life-events.ts';
import type { Run } from './run.ts';
import type { ReactorState } from './state.ts';

/** Throws where `run()` is called before the run under way is over, or when no run is possible any more (C24). */
export function checkRunnable(run: Run | undefined, { shutdown }: LifeEvents): void {
  if (run === undefined) return;
  const hasShutDown = (shutdown.firing?.begun ?? 0) > 1 && run.crash === undefined;
  if (run.state === 'stopped' || hasShutDown) {
    throw new ReactorNotRestartableError(
      'This reactor has stopped, and a run cannot be repeated: construct a new reactor, it costs nothing',
    );
  }
  throw new ReactorAlreadyRunningError(
    `This reactor is ${run.state}: wait for the promise that run() returned, or construct another reactor`,
  );
}

/** Throws where a shutdown trigger would wait for itself (C28). */
export function checkSelfWait({ shutdown }: LifeEvents): void {
  if (shutdown.firing?.isOpen !== true) return;
  throw new SelfWaitError(
    'A shutdown trigger called stop(), which waits for this trigger: return, and the stop that is under way goes on',
  );
}

/** Of something that needs a reactor that runs. */
export function notRunning(what: string, state: ReactorState): ReactorNotRunningError {
  return new ReactorNotRunningError(
    `${what} needs a reactor that runs, this one is ${state}: ${state === 'idle' ? 'call run() first' : 'call it before the stop'}`,
  );
}
