import { TriggerTimeoutError, type TriggerFailedError } from '../ground/errors.ts';
import { isStopRejection } from '../ground/is-stop-rejection.ts';
import type { PendingItem } from '../ground/observer.ts';
import { thenOf } from '../ground/thenable.ts';
import { failedError, pendingItemOf, sourceOf, timeoutError } from './describe.ts';
import { addTo } from './firing-report.ts';
import type { FiringState } from './firing-state.ts';
import { TriggerCall } from './trigger-call.ts';
import type { CallOutcome, RegisteredTrigger, TriggerList } from './trigger.ts';

// The calls of a firing. A call ends when its trigger returns, when the promise that the trigger returned settles, or when the call is
// abandoned: at a limit, on escalation, or at the end of the run.

/** Calls the triggers of the phase in order, including those that are added meanwhile (C17), until the list is closed. */
export function callTriggers(state: FiringState, list: TriggerList): void {
  const isWatched = state.watcher !== undefined;
  for (let trigger = list.take(); trigger !== undefined; trigger = list.take()) {
    if (isWatched || !trigger.isPlain) {
      if (!trigger.options.every) list.remove(trigger);
      callTrigger(state, trigger);
      continue;
    }
    // The same as `callTrigger`, without what a plain trigger doesn't need. This halves the time of an event with many triggers; without it
    // Node's EventEmitter would be faster (benchmark: P7).
    const call = new TriggerCall(state, trigger);
    state.calledCount++;
    try {
      const { run } = trigger;
      const result = run(call);
      if (result !== undefined) awaitResult(state, call, result);
    } catch (error) {
      endedAtOnce(state, call, 'failed', error);
    }
  }
}

/** Calls a trigger of the phase under way. */
export function callTrigger(state: FiringState, trigger: RegisteredTrigger): void {
  const call = new TriggerCall(state, trigger);
  state.watcher?.trigger('start', call);
  if (trigger.options.timeout !== undefined) TriggerCall.noteStart(call, state.deps); // the timeout counts from here (C22)
  if (state.isOver) {
    // The observer has ended the firing: a trigger that was not called stays registered for the next one (C31). Neither services nor work
    // are added here: services are in no list, and work registers itself again when it is told `abandoned`.
    if (!trigger.options.every && trigger.kind === 'trigger') trigger.list.add(trigger);
    notifySettled(state, call, 'abandoned', undefined);
    return;
  }
  state.calledCount++;
  let isPending: boolean;
  try {
    isPending = awaitResult(state, call, trigger.call(call));
  } catch (error) {
    endedAtOnce(state, call, 'failed', error);
    return;
  }
  if (isPending) state.watcher?.trigger('end', call);
  else endedAtOnce(state, call, 'done');
}

/** The call has ended, and was never pending. */
function endedAtOnce(state: FiringState, call: TriggerCall, outcome: 'done' | 'failed', error?: unknown): void {
  const trigger = TriggerCall.triggerOf(call);
  if (outcome === 'failed' && isCutRejection(state, error)) {
    state.watcher?.trigger('end', call, 'done');
    trigger.onSettled?.('cut', state.firing, undefined);
    return;
  }
  state.watcher?.trigger('end', call, outcome, error);
  if (outcome === 'failed') recordFailure(state, trigger, error);
  trigger.onSettled?.(outcome, state.firing, error);
}

/**
 * Whether a stop has cut this start, and the trigger or service has failed only because its signal told it to end. That is no failure
 * (C29).
 */
function isCutRejection({ ending }: FiringState, error: unknown): boolean {
  return ending?.kind === 'cut' && isStopRejection(error, ending.reason);
}

/** Makes the call pending if its trigger returned a thenable, else returns `false`. `then` is read once and called at once (C12, C13). */
function awaitResult(state: FiringState, call: TriggerCall, result: unknown): boolean {
  const then = thenOf(result);
  if (then === undefined) return false;
  const { kind, options } = TriggerCall.triggerOf(call);
  const { timeout } = options;
  // A promise calls back in the current async context. Any other thenable calls back in the context of the code that settles it.
  if (timeout !== undefined || !(result instanceof Promise)) state.keepContext();
  const timing = TriggerCall.timingOf(TriggerCall.noteStart(call, state.deps));
  timing.isLate = state.isCalledLate(kind);
  state.addPending(call);
  try {
    then.call(
      result as PromiseLike<unknown>, // as: it has a callable `then`
      () => {
        onPromiseSettled(state, call, 'done');
      },
      (error: unknown) => {
        onPromiseSettled(state, call, 'failed', error);
      },
    );
  } catch (error) {
    onPromiseSettled(state, call, 'failed', error);
  }
  // The trigger ended the run before it returned: the call is abandoned at once (C30, C31).
  if (state.isOver) abandonAll(state, state.abandonedWith);
  else if (timeout !== undefined && timeout !== Infinity && TriggerCall.isPending(call))
    timing.timer = state.at(timing.start + timeout, () => {
      timeOut(state, [call]);
    });
  return true;
}

/** The promise of a call has settled. Ignored if the call isn't pending: it settled before, or was abandoned. */
function onPromiseSettled(state: FiringState, call: TriggerCall, outcome: 'done' | 'failed', error?: unknown): void {
  if (!TriggerCall.isPending(call)) return;
  state.enter();
  state.removePending(call);
  if (outcome === 'failed' && isCutRejection(state, error)) notifySettled(state, call, 'cut', undefined);
  else {
    if (outcome === 'failed') recordFailure(state, TriggerCall.triggerOf(call), error);
    notifySettled(state, call, outcome, error);
  }
  state.exit();
}

/** The firing goes on without a pending call. With `error`, the call counts as failed. */
function abandon(state: FiringState, call: TriggerCall, error: Error | undefined): void {
  const item = itemOf(state, call);
  if (!TriggerCall.isPending(call)) return; // status() of the service has ended the run
  state.record.abandoned = addTo(state.record.abandoned, item);
  state.removePending(call);
  const timeout = error instanceof TriggerTimeoutError ? error : undefined;
  TriggerCall.abort(call, timeout ?? state.aborted?.reason);
  if (error !== undefined) recordFailure(state, TriggerCall.triggerOf(call), error, timeout);
  notifySettled(state, call, 'abandoned', error);
}

/**
 * Tells the watcher, then the trigger. The trigger of a service then calls the services that waited for it, so this counts as calling
 * triggers (`isCalling`).
 */
function notifySettled(state: FiringState, call: TriggerCall, outcome: CallOutcome, error: unknown): void {
  const trigger = TriggerCall.triggerOf(call);
  state.watcher?.trigger('settled', call, outcome === 'cut' ? 'done' : outcome, error);
  if (trigger.onSettled === undefined) return;
  const { isCalling } = state;
  state.isCalling = true;
  trigger.onSettled(outcome, state.firing, error);
  state.isCalling = isCalling;
}

function recordFailure(
  state: FiringState,
  trigger: RegisteredTrigger,
  cause: unknown,
  failure?: TriggerFailedError,
): void {
  const { kind, phase, options } = trigger;
  const source = sourceOf(trigger);
  state.failed(failure ?? failedError(trigger, cause), cause, source);
  if (state.policy?.startFailed === undefined) state.record.vetoed ||= options.required === true && !state.isOver;
  else if (options.required ?? (kind === 'service' || phase === 'before')) state.policy.startFailed(cause, source);
}

/** Aborts the signals of the pending calls, and of those that begin later. */
export function abortAll(state: FiringState, reason: unknown): void {
  state.aborted ??= { reason };
  state.enter();
  for (const call of state.pending()) TriggerCall.abort(call, reason);
  state.exit();
}

/** Abandons all pending calls, also those that begin meanwhile. With `error`, each of them counts as failed. */
export function abandonAll(state: FiringState, error?: Error): void {
  state.abandonedWith = error;
  while (state.pendingCount > 0) for (const call of state.pending()) abandon(state, call, error);
}

/** Abandons those of these calls that are still pending, each with a timeout error. */
export function timeOut(state: FiringState, calls: Iterable<TriggerCall>): void {
  state.enter();
  const now = state.deps.now();
  for (const call of calls) {
    if (!TriggerCall.isPending(call)) continue;
    abandon(state, call, timeoutError(TriggerCall.triggerOf(call), now - TriggerCall.timingOf(call).start));
  }
  state.exit();
}

/** The deadline `what` has passed: pending calls time out, and no phase waits any longer (C22). */
export function expire(state: FiringState, what: string): void {
  const reason = new Error(`${what} has passed`);
  state.enter();
  state.waitMode = 'none';
  state.aborted ??= { reason };
  timeOut(state, state.pending()); // only these time out: services that waited for them begin now, and have not used any time (C66)
  abortAll(state, reason);
  state.exit();
}

/** The pending calls, in order. */
export function pendingItems(state: FiringState): PendingItem[] {
  return state.pending().map((call) => itemOf(state, call));
}

function itemOf(state: FiringState, call: TriggerCall): PendingItem {
  return pendingItemOf(TriggerCall.triggerOf(call), state.deps.now() - TriggerCall.timingOf(call).start);
}
