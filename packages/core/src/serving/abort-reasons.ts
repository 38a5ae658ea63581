import type { AbortSignalLike, ServiceHost, StopReason, TriggerContext } from '@triphase/core';

/** Calls `fn` when the signal aborts, or now. */
export function onAbort(signal: AbortSignalLike, fn: () => void): void {
  if (signal.aborted) fn();
  else signal.addEventListener('abort', fn);
}

/** The server, or a service that it needs, is being restarted (C60). Not a stop of the whole program with that reason: it names no service (H3). */
export function isRestart({ detail }: TriggerContext<StopReason>): boolean {
  return detail.kind === 'restart' && detail.service !== undefined;
}

/** What the reactor aborts with when it crashes (C31). */
export function isCrash(signal: AbortSignalLike): boolean {
  return (signal.reason as StopReason | undefined)?.kind === 'crash'; // as: that of the reactor, or an error
}

/** What ended all waiting, and what to do: a second signal, or the deadline. */
export function escalatedBy(reason: unknown): [why: string, remedy: string] {
  const { signal, kind } = reason as StopReason; // as: that of the reactor, or an error
  if (typeof signal === 'string') return [`when ${signal} came again`, 'Wait for the first stop to end'];
  if (kind === 'unload') return ['when the process exited', 'Let stop() end before the program exits'];
  return ['when the stop was escalated', 'Make them shorter, or raise the shutdown deadline'];
}

/** Whether the reactor stops because its start failed: another service may fail in the same phase in which this one became ready. */
export function hasFailedToStart({ signal }: ServiceHost): boolean {
  const reason = signal.reason as StopReason | undefined; // as: that of the reactor
  return reason?.kind === 'startup-failed';
}
