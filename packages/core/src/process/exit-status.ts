import { TriggerTimeoutError, type FiringReport, type RunResult } from '@triphase/core';
import type { ProcessHost } from './process-host.ts';

/** A trigger or service failed, the start failed, or there was an uncaught error. */
export const FAILED = 1;

/** Stop reasons that mean failure, even if the result has no errors. */
const FAILURES: readonly string[] = ['startup-failed', 'uncaught', 'service-failed', 'service-ended'];

/** A time limit cut the shutdown; the status of `timeout(1)`. */
export const TIMED_OUT = 124;

/** The status that a shell reports for a process that a signal has ended: 143 for `SIGTERM`. */
export function signalStatus({ platform }: ProcessHost, signal: string): number {
  return 128 + (platform.signalNumber(signal) ?? 0);
}

/** The exit status of a process after a run (N11). Never 0 after a stop that failed or was cut. `escalated`: the status if a later signal cut it. */
export function statusOf(result: RunResult, escalated: number | undefined): number {
  const { reason, startup, shutdown } = result;
  if (escalated !== undefined) return escalated;
  // The deadline also limits a start that is being stopped (C29). When it passes, that start is escalated.
  if (timedOut(shutdown) || (startup.escalated && timedOut(startup))) return TIMED_OUT;
  if (FAILURES.includes(reason.kind)) return FAILED;
  if (shutdown === undefined || result.errors.length > 0) return FAILED;
  return startup.abandoned.length > 0 || shutdown.abandoned.length > 0 ? FAILED : 0;
}

/** The status after a `setup` that was cut: by a limit, by a later signal, or by the program's own `escalate()` or `crash()` (N7). */
export function setupStatus({ shutdown }: RunResult, escalated: number | undefined): number {
  if (escalated !== undefined) return escalated;
  if (shutdown === undefined) return FAILED;
  return shutdown.escalated && !timedOut(shutdown) ? FAILED : TIMED_OUT;
}

function timedOut(firing: FiringReport | undefined): boolean {
  return firing?.errors.some((error) => error instanceof TriggerTimeoutError) === true;
}
