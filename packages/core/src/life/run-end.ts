import { messageOf } from '../ground/describe-thrown.ts';
import type { ReactorEnvironment } from './reactor-environment.ts';
import { block } from '../ground/error-path.ts';
import { ReactorStoppedError, TriphaseInternalError } from '../ground/errors.ts';
import { StartupFailedError } from '../ground/startup-failed-error.ts';
import { RunResult } from './run-result.ts';
import type { Run } from './run.ts';
import type { TurnLoop } from '../turn/turn-loop.ts';

/** Settles the promise of `run()`. `isLogged`: the log has the error of a failed start already. */
export function settle(run: Run, left: RunResult['left'], isLogged: boolean): void {
  const { reason, startup, failedIn } = run;
  const shutdown = run.crash === undefined ? run.shutdown : undefined; // a crash fires none (C31)
  if (reason === undefined || startup === undefined) {
    throw new TriphaseInternalError(
      'A run ended before it had begun: a bug in Triphase, please report it with this stack',
    );
  }
  const result = new RunResult({ reason, startup, shutdown, left });
  if (failedIn === undefined || shutdown === undefined) {
    run.resolve(result);
    return;
  }
  // Short enough for Node to print it on one line, or the first lines of the error.
  const shown = isLogged ? 'See the error logged above' : block(reason.cause, failedIn).split('\n', 12).join('\n');
  run.reject(new StartupFailedError(`The start failed: ${messageOf(reason.cause)}`, result, shown));
}

/** Timed calls that will never run and want to know it are told; `why` says what comes first (C30). */
export function dropTimed(loop: TurnLoop, env: ReactorEnvironment, why: string): void {
  const error = new ReactorStoppedError(`${why} before this call was due: stop waiting when reactor.signal aborts`);
  loop.timers.drop(error, (failure) => {
    env.report(failure, { kind: 'timed-call', name: 'onDrop' });
  });
}
