import { failedError, pendingItemOf, sourceOf, timeoutError } from './describe.ts';
import { TriggerTimeoutError, type TriggerFailedError } from '../ground/errors.ts';
import type { FiredEvent } from './fired-event.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { FiringLimits } from './firing-limits.ts';
import { addTo, type FiringRecord } from './firing-report.ts';
import type { TriggerOutcome, PendingItem } from '../ground/observer.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import { TriggerCall, type CallOwner } from './trigger-call.ts';
import type { OpenFiring, RegisteredTrigger, TriggerList } from './trigger.ts';
import type { Watcher } from './watcher.ts';

/** A firing as its calls see it. */
export interface CallingFiring extends CallOwner, OpenFiring {
  readonly deps: FiringDeps;
  readonly event: FiredEvent;
  readonly record: FiringRecord;
  readonly watcher: Watcher | undefined;
  readonly isOver: boolean;
  /** The triggers of its stage have been called, and some pend: a call that begins now had waited for another one. */
  readonly isWaiting: boolean;
  /** Its limits; made now if it has none. */
  limits(): FiringLimits;
  /** It goes on in the async context of whoever fired (N3). */
  keepContext(): void;
  /** Moves on, if it can. */
  advance(): void;
}

/** Nothing ever pends in most firings: they share this. */
const NOTHING: Set<TriggerCall> = new Set();

/**
 * The calls of one firing. A call ends when its trigger returns, when what the trigger returned settles, or when the firing goes on without
 * it. Code of the program that runs meanwhile may call back into the firing: the firing moves on when all of that code has returned.
 */
export class FiringCalls {
  /** Those of the stage under way that have not settled, in the order in which they began. */
  pending: Set<TriggerCall> = NOTHING;
  /** The number of triggers called in the stage under way. */
  count = 0;
  /** A trigger is being called: its synchronous part is on the stack. */
  isOpen = false;
  /** Set by the first limit. */
  limits: FiringLimits | undefined;
  readonly #firing: CallingFiring;
  /** Above 0 while code of the program runs that may call back. */
  #busy = 0;
  /** The error of each call that pends when the firing is abandoned (C30). */
  #abandonedWith: Error | undefined;

  static {
    keepHiddenClass(new FiringCalls(undefined as never)); // as: it is never used
  }

  constructor(firing: CallingFiring) {
    this.#firing = firing;
  }

  /** Code of the program is on the stack: the firing must not move on. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** Code of the program begins that may call back. */
  enter(): void {
    this.#busy++;
  }

  /** It has returned, and the firing need not move on. */
  exit(): void {
    this.#busy--;
  }

  /** It has returned. */
  leave(): void {
    this.#busy--;
    this.#firing.advance();
  }

  /** What pends, in order. */
  waiting(): PendingItem[] {
    return Array.from(this.pending, (call) => this.#itemOf(call));
  }

  /** Calls the triggers of the stage in order; those that are added meanwhile too (C17). When the list is closed meanwhile, it walks no further. */
  callAll(list: TriggerList): void {
    const owner = this.#firing;
    const isWatched = this.#firing.watcher !== undefined;
    for (const trigger of list.triggers) {
      if (isWatched || !trigger.isPlain) {
        if (!trigger.options.every) list.remove(trigger);
        this.call(trigger);
        continue;
      }
      // As `call` does, without what no plain trigger needs. Many triggers take half the time: else Node's EventEmitter is faster (benchmark: P7).
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

  /** Calls a trigger of the stage under way. */
  call(trigger: RegisteredTrigger): void {
    const call = new TriggerCall(this.#firing, trigger);
    this.count++;
    if (this.#firing.watcher !== undefined || trigger.options.timeout !== undefined) this.#begins(call);
    let result: unknown;
    try {
      result = trigger.call(call);
    } catch (error) {
      this.#returned(call, 'failed', error);
      return;
    }
    this.#returned(call, 'done', result);
  }

  /** Goes on without what pends. With an error each call has failed. What begins meanwhile is abandoned too. */
  abandonAll(error?: Error): void {
    this.#abandonedWith = error;
    for (const call of this.pending) this.#abandon(call, error);
  }

  /** Reports these calls, which have outlived their limit, and goes on without them. */
  timeOut(calls: Iterable<TriggerCall>): void {
    this.enter();
    const now = this.#firing.deps.now();
    for (const call of calls) {
      if (!this.pending.has(call)) continue;
      this.#abandon(call, timeoutError(TriggerCall.triggerOf(call), now - TriggerCall.startOf(call)));
    }
    this.leave();
  }

  /** Tells what pends that it is to end. */
  abortAll(reason: unknown): void {
    this.enter();
    for (const call of this.pending) TriggerCall.abort(call, reason);
    this.leave();
  }

  #begins(call: TriggerCall): void {
    this.#firing.watcher?.trigger('start', call);
    if (TriggerCall.triggerOf(call).options.timeout !== undefined) this.#noteStart(call); // it counts from here (C22)
  }

  #noteStart(call: TriggerCall): void {
    if (TriggerCall.timingOf(call) === undefined) TriggerCall.began(call, this.#firing.deps.now());
  }

  /** The synchronous part of a call is over. `result`: what it returned or, failed, what it threw. */
  #returned(call: TriggerCall, how: 'done' | 'failed', result: unknown): void {
    const trigger = TriggerCall.triggerOf(call);
    let outcome: TriggerOutcome | undefined = how;
    let error = how === 'failed' ? result : undefined;
    try {
      if (how === 'done' && this.#join(call, result)) outcome = undefined;
    } catch (thrown) {
      outcome = 'failed';
      error = thrown;
    }
    this.#firing.watcher?.trigger('end', call, outcome, error);
    if (outcome === undefined) return; // it pends
    if (outcome === 'failed') this.#failed(trigger, error);
    trigger.onSettled?.(outcome, this.#firing);
  }

  /** A thenable pends. Its `then` is read once and called at once (C12, C13). False for what is no thenable. */
  #join(call: TriggerCall, result: unknown): boolean {
    if ((typeof result !== 'object' || result === null) && typeof result !== 'function') return false;
    const then: unknown = (result as { then?: unknown }).then; // as: any object may have one
    if (typeof then !== 'function') return false;
    const { kind, options } = TriggerCall.triggerOf(call);
    // A promise calls back in the context of this moment; any other thenable in that of whoever settles it.
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
    // The trigger ended the run before it returned: nobody waits for it any more (C30, C31).
    if (this.#firing.isOver) this.abandonAll(this.#abandonedWith);
    else if (options.timeout !== undefined && this.pending.has(call))
      this.#firing.limits().armTimeout(call, options.timeout);
    return true;
  }

  /** A call that pends ends by itself. What settles a second time, or too late, is ignored. */
  #settle(call: TriggerCall, outcome: 'done' | 'failed', error?: unknown): void {
    if (!this.pending.has(call)) return;
    this.enter();
    this.#leaves(call);
    if (outcome === 'failed') this.#failed(TriggerCall.triggerOf(call), error);
    this.#settled(call, outcome, error);
    this.leave();
  }

  /** The firing goes on without a call that pends. */
  #abandon(call: TriggerCall, error: Error | undefined): void {
    const item = this.#itemOf(call);
    if (!this.pending.has(call)) return; // its own status() has ended the run
    const { record } = this.#firing;
    record.abandoned = addTo(record.abandoned, item);
    this.#leaves(call);
    const timeout = error instanceof TriggerTimeoutError ? error : undefined;
    TriggerCall.abort(call, timeout ?? this.#firing.aborted?.reason);
    if (error !== undefined) this.#failed(TriggerCall.triggerOf(call), error, timeout);
    this.#settled(call, 'abandoned', error);
  }

  #leaves(call: TriggerCall): void {
    this.pending.delete(call);
    this.limits?.settled(call);
  }

  /** Tells who watches, and who waited for the trigger: they may be called now, so their synchronous part is on the stack. */
  #settled(call: TriggerCall, outcome: TriggerOutcome, error: unknown): void {
    const trigger = TriggerCall.triggerOf(call);
    this.#firing.watcher?.trigger('settled', call, outcome, error);
    if (trigger.onSettled === undefined) return;
    const { isOpen } = this;
    this.isOpen = true;
    trigger.onSettled(outcome, this.#firing);
    this.isOpen = isOpen;
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
