import type { StopReason } from '../ground/host.ts';
import type { ServiceLife } from './service-life.ts';

/**
 * A service ends the program: puts `error` into the result of the run, once, and stops with `reason`, unless it is stopping. While starting
 * it is a failed start (C26).
 */
export function failProgram(life: ServiceLife, reason: StopReason, error: unknown): void {
  const run = life.current;
  if (run?.isAlive !== true) return;
  run.failures.add(error);
  if (run.state !== 'starting') life.stopSafely(run, reason);
  else {
    run.failedIn ??= { kind: 'service', name: String(reason.service) };
    life.stopSafely(run, { kind: 'startup-failed', cause: error });
  }
}
