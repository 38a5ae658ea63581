import { sleepers } from '../ground/sleepers.ts';
import { messageOf } from '../ground/describe-thrown.ts';
import type { ReactorEnvironment } from './reactor-environment.ts';
import { errorBlock } from '../ground/error-path.ts';
import {
  ProgramFailedError,
  ReactorStoppedError,
  TriggerFailedError,
  TriphaseInternalError,
} from '../ground/errors.ts';
import { StartupFailedError } from './startup-failed-error.ts';
import { RunResult } from './run-result.ts';
import type { Run } from './run.ts';
import type { TurnLoop } from '../turn/turn-loop.ts';

/** Settles the promise of `run()`. `isLogged`: the error of a failed start was logged already. */
export function settle(run: Run, left: RunResult['left'], isLogged: boolean): void {
  const { reason, startup, failedIn } = run;
  const shutdown = run.crash === undefined ? run.shutdown : undefined; // a crash fires none (C31)
  if (reason === undefined || startup === undefined) {
    throw new TriphaseInternalError(
      'A run ended without a startup report: a bug in Triphase, please report it with this stack',
    );
  }
  const failures = Array.from(run.failures, (cause) =>
    cause instanceof TriggerFailedError ? cause : new ProgramFailedError(cause),
  );
  const result = new RunResult(reason, startup, shutdown, left, failures);
  if (failedIn === undefined || shutdown === undefined) {
    run.resolve(result);
    return;
  }
  // Node prints this for an unhandled rejection: keep it to one line if the error was logged, else to twelve.
  const shown = isLogged ? 'See the error logged above' : errorBlock(reason.cause, failedIn).split('\n', 12).join('\n');
  run.reject(new StartupFailedError(`The start failed: ${messageOf(reason.cause)}`, result, shown));
}

/** The calls that haven't run yet. */
export function leftIn({ queue, timers }: TurnLoop): RunResult['left'] {
  return { queued: queue.size, timed: timers.size };
}

/**
 * Calls `onDrop` of the timed calls that will never run; with `sleepsOnly`, only of sleeps. `why` begins the message of the error (C30).
 */
export function dropTimed(loop: TurnLoop, env: ReactorEnvironment, why: string, sleepsOnly = false): void {
  const error = new ReactorStoppedError(`${why} before this call was due: stop waiting when reactor.signal aborts`);
  loop.timers.drop(
    error,
    (failure) => {
      env.report(failure, { kind: 'timed-call', name: 'onDrop' });
    },
    sleepsOnly ? (onDrop) => sleepers.has(onDrop) : undefined,
  );
}
