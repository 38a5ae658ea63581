import { failedError, pendingItemOf, sourceOf, timeoutError } from './describe.ts';
import { TriggerTimeoutError, type TriggerFailedError } from '../ground/errors.ts';
import type { FiredEvent } from './fired-event.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { FiringLimits } from './firing-limits.ts';
import { addTo, type FiringRecord } from './firing-report.ts';
import type { TriggerOutcome, PendingItem } from '../ground/observer.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import { TriggerCall, type TriggerCallOwner } from './trigger-call.ts';
import type { ActiveFiring, RegisteredTrigger, TriggerList } from './trigger.ts';
import type { Watcher } from './watcher.ts';

/** The part of a firing that its calls use. */
export interface CallingFiring extends TriggerCallOwner, ActiveFiring {
  readonly deps: FiringDeps;
  readonly event: FiredEvent;
  readonly record: FiringRecord;
  readonly watcher: Watcher | undefined;
  readonly isOver: boolean;
  /** All triggers of the phase have been called, and some are pending. A service that is called now has waited for another one. */
  readonly isWaiting: boolean;
  /** The limits of the firing, made if it has none yet. */
  limits(): FiringLimits;
  /** Captures the async context of the code that fired; later phases run in it (N3). */
  keepContext(): void;
  inContext(fn: () => void): void;
  /** Goes on to the next phase, if it can. */
  advance(): void;
}

/** Shared by the many firings in which nothing is ever pending. */
const NOTHING: Set<TriggerCall> = new Set();

/**
 * The calls of one firing. A call ends when its trigger returns, when the promise that the trigger returned settles, or when the call is
 * abandoned. Triggers, abort listeners and observers may call back into the firing. So the firing doesn't advance while one of them is on
 * the stack: `enter` and `exit` count such sections.
 */
export class FiringCalls {
  /** The calls of the phase under way that have not settled, in the order in which they began. */
  pending: Set<TriggerCall> = NOTHING;
  /** The number of triggers called in the phase under way. */
  count = 0;
  /** The synchronous part of a trigger is on the stack. */
  isCalling = false;
  /** Made when the firing gets its first limit. */
  limits: FiringLimits | undefined;
  readonly #firing: CallingFiring;
  /** How many `enter()` have no `exit()` yet. Above 0, the firing must not advance. */
  #depth = 0;
  /** The argument of `abandonAll()`. Calls that begin while the firing is abandoned get the same error (C30). */
  #abandonedWith: Error | undefined;

  static {
    keepHiddenClass(new FiringCalls(undefined as never)); // as: it is never used
  }

  constructor(firing: CallingFiring) {
    this.#firing = firing;
  }

  /** A section between `enter()` and `exit()` is on the stack: the firing must not advance. */
  get isBusy(): boolean {
    return this.#depth > 0;
  }

  /** Before code that may call back into the firing. */
  enter(): void {
    this.#depth++;
  }

  /** After that code. */
  exit(): void {
    this.#depth--;
  }

  /** As `exit()`, and the firing goes on if it can. */
  exitAndAdvance(): void {
    this.exit();
    this.#firing.advance();
  }

  /** The pending calls, in order. */
  pendingItems(): PendingItem[] {
    return Array.from(this.pending, (call) => this.#itemOf(call));
  }

  /**
   * Calls the triggers of the phase in order, including those that are added meanwhile (C17). `list.stop()` ends the loop, since it empties
   * the set that the loop walks.
   */
  callAll(list: TriggerList): void {
    const owner = this.#firing;
    const isWatched = this.#firing.watcher !== undefined;
    for (const trigger of list.triggers) {
      if (isWatched || !trigger.isPlain) {
        if (!trigger.options.every) list.remove(trigger);
        this.call(trigger);
        continue;
      }
      // The same as `call`, without what a plain trigger doesn't need. Halves the time of many triggers: Node's EventEmitter would be faster (benchmark: P7).
      const call = new TriggerCall(owner, trigger);
      this.count++;
      try {
        const { run } = trigger;
        const result = run(call);
        if (result !== undefined) this.#returned(call, 'done', result);
      } catch (error) {
        this.#returned(call, 'failed', error);
      }
    }
  }

  /** Calls a trigger of the phase under way. */
  call(trigger: RegisteredTrigger): void {
    const call = new TriggerCall(this.#firing, trigger);
    if (this.#firing.watcher !== undefined || trigger.options.timeout !== undefined) this.#noteCall(call);
    if (this.#firing.isOver) {
      this.#takeBack(call); // the observer has ended the firing
      return;
    }
    this.count++;
    let result: unknown;
    try {
      result = trigger.call(call);
    } catch (error) {
      this.#returned(call, 'failed', error);
      return;
    }
    this.#returned(call, 'done', result);
  }

  /** The trigger was not called: it stays registered for the next firing (C31). */
  #takeBack(call: TriggerCall): void {
    const trigger = TriggerCall.triggerOf(call);
    if (!trigger.options.every && trigger.kind === 'trigger') trigger.list.add(trigger);
    this.#settled(call, 'abandoned', undefined);
  }

  /** Abandons all pending calls, also those that begin meanwhile. With `error`, each of them counts as failed. */
  abandonAll(error?: Error): void {
    this.#abandonedWith = error;
    for (const call of this.pending) this.#abandon(call, error);
  }

  /** Abandons those of these calls that are still pending, each with a timeout error. */
  timeOut(calls: Iterable<TriggerCall>): void {
    this.enter();
    const now = this.#firing.deps.now();
    for (const call of calls) {
      if (!this.pending.has(call)) continue;
      this.#abandon(call, timeoutError(TriggerCall.triggerOf(call), now - TriggerCall.startOf(call)));
    }
    this.exitAndAdvance();
  }

  /** Aborts the signals of the pending calls. */
  abortAll(reason: unknown): void {
    this.enter();
    for (const call of this.pending) TriggerCall.abort(call, reason);
    this.exitAndAdvance();
  }

  #noteCall(call: TriggerCall): void {
    this.#firing.watcher?.trigger('start', call);
    if (TriggerCall.triggerOf(call).options.timeout !== undefined) this.#noteStart(call); // the timeout counts from here (C22)
  }

  #noteStart(call: TriggerCall): void {
    if (TriggerCall.timingOf(call) === undefined) TriggerCall.began(call, this.#firing.deps.now());
  }

  /** The synchronous part of a call is over. `result`: what it returned, or with `failed` what it threw. */
  #returned(call: TriggerCall, how: 'done' | 'failed', result: unknown): void {
    const trigger = TriggerCall.triggerOf(call);
    let outcome: TriggerOutcome | undefined = how;
    let error = how === 'failed' ? result : undefined;
    try {
      if (how === 'done' && this.#awaitResult(call, result)) outcome = undefined;
    } catch (thrown) {
      outcome = 'failed';
      error = thrown;
    }
    this.#firing.watcher?.trigger('end', call, outcome, error);
    if (outcome === undefined) return; // it is pending
    if (outcome === 'failed') this.#failed(trigger, error);
    trigger.onSettled?.(outcome, this.#firing, error);
  }

  /** Makes the call pending if `result` is a thenable, else returns `false`. `then` is read once and called at once (C12, C13). */
  #awaitResult(call: TriggerCall, result: unknown): boolean {
    if ((typeof result !== 'object' || result === null) && typeof result !== 'function') return false;
    const then: unknown = (result as { then?: unknown }).then; // as: any object may have one
    if (typeof then !== 'function') return false;
    const { kind, options } = TriggerCall.triggerOf(call);
    // A promise calls back in the current async context. Any other thenable calls back in the context of the code that settles it.
    if (options.timeout !== undefined || !(result instanceof Promise)) this.#firing.keepContext();
    this.#noteStart(call);
    if (this.pending === NOTHING) this.pending = new Set();
    this.pending.add(call);
    if (this.#firing.isWaiting && kind === 'service') this.limits?.calledLate(call);
    try {
      (then as PromiseLike<unknown>['then']).call(
        result as PromiseLike<unknown>, // as: it has a callable `then`
        () => {
          this.#settle(call, 'done');
        },
        (error: unknown) => {
          this.#settle(call, 'failed', error);
        },
      );
    } catch (error) {
      this.#settle(call, 'failed', error);
    }
    // The trigger ended the run before it returned: the call is abandoned at once (C30, C31).
    if (this.#firing.isOver) this.abandonAll(this.#abandonedWith);
    else if (options.timeout !== undefined && this.pending.has(call))
      this.#firing.limits().armTimeout(call, options.timeout);
    return true;
  }

  /** The promise of a call has settled. Ignored if the call isn't pending: it settled before, or was abandoned. */
  #settle(call: TriggerCall, outcome: 'done' | 'failed', error?: unknown): void {
    if (!this.pending.has(call)) return;
    this.enter();
    this.#removePending(call);
    if (outcome === 'failed') this.#failed(TriggerCall.triggerOf(call), error);
    if (TriggerCall.triggerOf(call).onSettled === undefined) this.#settled(call, outcome, error);
    else
      this.#firing.inContext(() => {
        this.#settled(call, outcome, error);
      });
    this.exitAndAdvance();
  }

  /** The firing goes on without a pending call. */
  #abandon(call: TriggerCall, error: Error | undefined): void {
    const item = this.#itemOf(call);
    if (!this.pending.has(call)) return; // status() of the service has ended the run
    const { record } = this.#firing;
    record.abandoned = addTo(record.abandoned, item);
    this.#removePending(call);
    const timeout = error instanceof TriggerTimeoutError ? error : undefined;
    TriggerCall.abort(call, timeout ?? this.#firing.aborted?.reason);
    if (error !== undefined) this.#failed(TriggerCall.triggerOf(call), error, timeout);
    this.#settled(call, 'abandoned', error);
  }

  #removePending(call: TriggerCall): void {
    this.pending.delete(call);
    this.limits?.settled(call);
  }

  /** Tells the watcher, then the trigger. `onSettled` of a service calls the services that waited for it: so `isCalling` is set. */
  #settled(call: TriggerCall, outcome: TriggerOutcome, error: unknown): void {
    const trigger = TriggerCall.triggerOf(call);
    this.#firing.watcher?.trigger('settled', call, outcome, error);
    if (trigger.onSettled === undefined) return;
    const { isCalling } = this;
    this.isCalling = true;
    trigger.onSettled(outcome, this.#firing, error);
    this.isCalling = isCalling;
  }

  #failed(trigger: RegisteredTrigger, cause: unknown, failure?: TriggerFailedError): void {
    const { kind, phase, options } = trigger;
    const { policy } = this.#firing.event;
    const source = sourceOf(trigger);
    this.#firing.record.errors = addTo(this.#firing.record.errors, failure ?? failedError(trigger, cause));
    this.#firing.deps.report(cause, source);
    if (policy?.startFailed === undefined)
      this.#firing.record.vetoed ||= options.required === true && !this.#firing.isOver;
    else if (kind === 'service' || (options.required ?? phase === 'before')) policy.startFailed(cause, source);
  }

  #itemOf(call: TriggerCall): PendingItem {
    return pendingItemOf(TriggerCall.triggerOf(call), this.#firing.deps.now() - TriggerCall.startOf(call));
  }
}
