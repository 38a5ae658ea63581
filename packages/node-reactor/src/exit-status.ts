import { TriggerTimeoutError, type RunResult } from '@triphase/core';
import { constants } from 'node:os';

/** What a shell calls a process that a signal ended: 143 for `SIGTERM`. */
export function signalStatus(signal: string): number {
  const numbers: Readonly<Record<string, number | undefined>> = constants.signals;
  return 128 + (numbers[signal] ?? 0);
}

/** How a run is told to whoever started the process (N11); never 0 after a stop that failed or was cut. */
export function statusOf(result: RunResult, escalatedBy: string | undefined): number {
  const { reason, shutdown, errors } = result;
  if (escalatedBy !== undefined) return signalStatus(escalatedBy);
  if (shutdown?.errors.some((error) => error instanceof TriggerTimeoutError) === true) return DEADLINE;
  if (reason.kind === 'startup-failed' || reason.kind === 'uncaught' || errors.length > 0) return FAILED;
  return shutdown?.abandoned.length === 0 ? 0 : FAILED;
}

/** A trigger or service failed, the start failed, or nobody caught an error. */
export const FAILED = 1;

/** The deadline cut the shutdown; the status of `timeout(1)`. */
export const DEADLINE = 124;
