import { failedError, loopError, pendingItemOf, phaseName, sourceOf, timeoutError } from './describe.ts';
import type { ErrorSource } from './error-source.ts';
import { TriggerTimeoutError, type TriggerFailedError } from './errors.ts';
import { PHASES, type Limits, type Phase } from './events.ts';
import type { FiringDeps } from './firing-deps.ts';
import { FiringLimits, type LimitedFiring } from './firing-limits.ts';
import { FiringReport, type FiringRecord } from './firing-report.ts';
import type { TriggerOutcome, Waiting } from './observer.ts';
import { eventName } from './event-name.ts';
import { keepShape } from './shape.ts';
import { TriggerCall, type Aborted, type CallOwner } from './trigger-call.ts';
import type { OpenFiring, RegisteredTrigger, TriggerList } from './trigger.ts';
import { FiringTimings, watcherOf, type Watcher } from './watcher.ts';

/** Microtask hops that a phase of a terminal firing waits (C32): an async function ten awaits deep needs about thirty. */
const GRACE_HOPS = 64;

/** The stages of a firing besides its phases, which count from 0. */
const NEW = -1;
const OVER = PHASES.length;

/** What a phase does about triggers that pend: waits for them, waits for some microtasks (C32), or goes on without them. */
type Patience = 'wait' | 'grace' | 'none';

/** What the reactor adds to the firings of `startup` and `shutdown`. */
export interface FiringPolicy {
  /** A phase begins; its plain triggers have not been started. May call `firing.call`. */
  enterPhase(phase: Phase, firing: Firing): void;
  /** A trigger failed that the start cannot do without (C26). Startup only. */
  startFailed?(error: unknown, source: ErrorSource): void;
  /** Whether a trigger for this phase can no longer run in this run (C17). */
  hasPassed(): boolean;
}

/** What a firing needs of the event that is fired. */
export interface FiredEvent {
  readonly type: unknown;
  /** In the order of the phases. */
  readonly lists: readonly TriggerList[];
  readonly policy: FiringPolicy | undefined;
  /** The firing is over; called once, synchronously. */
  ended(firing: Firing, report: FiringReport): void;
}

/** How one firing differs from the others of its event. */
export interface FiringSettings {
  /** The host goes away now (C32). */
  readonly terminal?: boolean;
  /** When its deadline began to count, if before the firing (C29). */
  readonly deadlineFrom?: number;
  /** Stopped before it was fired: no phase begins. */
  readonly cut?: Aborted;
  /** Escalated before it was fired: no phase waits (C32). */
  readonly escalated?: Aborted;
  /** Called when it is over, synchronously. */
  readonly over?: (report: FiringReport) => void;
}

/** Most firings have no errors and abandon nothing: they share this. */
const NONE: readonly never[] = Object.freeze([]);
const NO_LIMITS: Limits = {};
/** Nothing ever pends in most firings: they share this. */
const NOTHING: Set<TriggerCall> = new Set();

/**
 * One firing of an event: a state machine over its stages.
 *
 *     new ─► before ─► during ─► after ─► over
 *
 * A stage begins by calling its triggers. What they return and has not settled is in `pending`. The next stage begins as soon as `pending`
 * is empty, or `patience` is `none`: `#advance()` alone moves the stage, as far as it can. As long as nothing pends, all of it is synchronous (C12).
 */
export class Firing implements OpenFiring, LimitedFiring, CallOwner {
  readonly detail: unknown;
  readonly settings: FiringSettings;
  /** Calls of the stage under way that have not settled, in the order in which they began. */
  pending: Set<TriggerCall> = NOTHING;
  readonly #deps: FiringDeps;
  readonly #event: FiredEvent;
  readonly #watcher: Watcher | undefined;
  readonly #record: FiringRecord;
  #limits: FiringLimits | undefined;
  /** The place in `PHASES` of the phase under way. */
  #stage = NEW;
  #patience: Patience;
  /** No later stage begins, and the firing ends (C29). */
  #isCut: boolean;
  /** Above 0 while code of the program runs that may call back: the stage moves on when it has returned. */
  #busy = 0;
  /** Triggers called in the stage under way. */
  #called = 0;
  /** A trigger is being called: its synchronous part is on the stack. */
  #isOpen = false;
  /** Something pended when the triggers of the stage had been called. */
  #waits = false;
  #isSynchronous = true;
  /** No stage is under way: between two of them, before the first, and at the end. */
  #isClosed = true;
  /** What each call that is left behind when the firing is abandoned is reported with (C30). */
  #abandonedWith: Error | undefined;
  /** Why every signal of this firing is aborted, later ones included. */
  aborted: Aborted | undefined;
  #promise: Promise<FiringReport> | undefined;
  #settlePromise: ((report: FiringReport) => void) | undefined;
  /** Set when it is over. */
  report: FiringReport | undefined;
  /** Called when it is over, synchronously, after all others have heard. */
  onOver: (() => void) | undefined;

  static {
    const deps = { now: () => NaN, observer: undefined } as unknown as FiringDeps; // as: it is never begun
    keepShape(new Firing(deps, { type: '' } as FiredEvent, undefined, undefined, false, {}));
  }

  constructor(
    deps: FiringDeps,
    event: FiredEvent,
    detail: unknown,
    limits: Limits | undefined,
    isTimed: boolean,
    settings: FiringSettings,
  ) {
    const start = deps.now();
    const timings = isTimed ? new FiringTimings(deps) : undefined;
    this.#deps = deps;
    this.#event = event;
    this.detail = detail;
    this.settings = settings;
    this.#watcher = watcherOf(deps, event.type, timings);
    this.#record = {
      event: event.type,
      start,
      duration: NaN,
      counts: [0, 0, 0],
      errors: NONE,
      abandoned: NONE,
      escalated: false,
      vetoed: false,
      timings,
    };
    this.#patience = settings.escalated !== undefined ? 'none' : settings.terminal === true ? 'grace' : 'wait';
    this.#isCut = settings.cut !== undefined;
    this.aborted = settings.cut ?? settings.escalated;
    if (limits !== undefined) this.#limit(limits);
  }

  get terminal(): boolean {
    return this.settings.terminal === true;
  }

  /** How many phases have begun. */
  get begun(): number {
    return Math.min(this.#stage + 1, PHASES.length);
  }

  /** The synchronous part of a trigger is on the stack. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** A phase has begun and is not over: what is called joins it. */
  get isInPhase(): boolean {
    return !this.#isClosed;
  }

  get isCut(): boolean {
    return this.#isCut || this.#stage === OVER;
  }

  /** Resolves when it is over; never rejects (C15). */
  get promise(): Promise<FiringReport> {
    if (this.report !== undefined) return Promise.resolve(this.report);
    return (this.#promise ??= new Promise((resolve) => {
      this.#settlePromise = resolve;
    }));
  }

  begin(): void {
    this.#watcher?.firing('start', this.#record.start);
    this.#advance();
    this.#isSynchronous = false;
    if (this.report === undefined) this.#watcher?.firing('end');
  }

  /** What pends at this moment, in order. */
  waiting(): Waiting[] {
    const now = this.#deps.now();
    return Array.from(this.pending, (call) =>
      pendingItemOf(TriggerCall.triggerOf(call), now - TriggerCall.startOf(call)),
    );
  }

  /** The stage under way is finished: its triggers are called to the last, what pends is told and awaited. No later one begins (C29). */
  cut(reason: unknown): void {
    this.#isCut = true;
    this.#abortPending(reason);
  }

  /** From now on no stage waits: each one left still calls its triggers (C32). */
  escalate(reason: unknown): void {
    if (this.#stage === OVER) return;
    this.#patience = 'none';
    this.#abortPending(reason);
  }

  /** The deadline `what` has passed: what pends is reported, and no stage waits any longer (C22). */
  expire(what: string): void {
    this.#busy++;
    this.timeOut(this.pending);
    this.#busy--;
    this.escalate(new Error(`${what} has passed`));
  }

  /** Ends it where it is; triggers that were not called stay registered (C30, C31). With an error, each call that pends is reported. */
  abandon(reason: unknown, error?: Error): void {
    if (this.#stage === OVER) return;
    this.#isCut = true; // what waits for a call that is left behind is not called
    this.#abandonedWith = error;
    this.aborted ??= { reason };
    this.#leaveBehind(this.pending, error);
    this.#end();
  }

  /** Calls a trigger of the stage under way; a service too, when what it waited for has settled. */
  call(trigger: RegisteredTrigger): void {
    const call = new TriggerCall(this, trigger);
    this.#called++;
    if (this.#watcher !== undefined || trigger.options.timeout !== undefined) this.#starts(call);
    let result: unknown;
    try {
      result = trigger.call(call);
    } catch (error) {
      this.#returned(call, 'failed', error);
      return;
    }
    if (result !== undefined || this.#watcher !== undefined || trigger.onSettled !== undefined)
      this.#returned(call, 'done', result);
  }

  #starts(call: TriggerCall): void {
    this.#watcher?.trigger('start', call);
    if (TriggerCall.triggerOf(call).options.timeout !== undefined) this.#begins(call); // it counts from here (C22)
  }

  /** The synchronous part of a call is over. `result`: what it returned or, failed, what it threw. */
  #returned(call: TriggerCall, how: 'done' | 'failed', result: unknown): void {
    const trigger = TriggerCall.triggerOf(call);
    let outcome: TriggerOutcome = how;
    let error = how === 'failed' ? result : undefined;
    if (outcome === 'done' && isObject(result)) {
      try {
        if (this.#join(call, result)) {
          this.#watcher?.trigger('end', call);
          return;
        }
      } catch (thrown) {
        outcome = 'failed';
        error = thrown;
      }
    }
    this.#watcher?.trigger('end', call, outcome, error);
    if (outcome === 'failed') this.#failed(trigger, error);
    trigger.onSettled?.(outcome, this);
  }

  /** Reports these calls, which have outlived their limit, and goes on without them. */
  timeOut(calls: Iterable<TriggerCall>): void {
    this.#busy++;
    const now = this.#deps.now();
    for (const call of calls) {
      const error = timeoutError(TriggerCall.triggerOf(call), now - TriggerCall.startOf(call));
      this.#leaveBehind([call], error);
    }
    this.#busy--;
    this.#advance();
  }

  /** Moves on, stage by stage, until one has to wait. Does nothing while it is under way already. */
  #advance(): void {
    if (this.#busy > 0) return;
    this.#busy++;
    while (this.#stage !== OVER) {
      if (this.#patience === 'none') this.#leaveBehind(this.pending);
      if (this.pending.size > 0) break;
      this.#closeStage();
      const next = this.#stage + (this.#record.vetoed && this.#stage === 0 ? 2 : 1);
      const phase = PHASES[next];
      if (phase === undefined || this.#isCut) this.#end();
      else this.#openStage(next, phase);
    }
    this.#busy--;
  }

  #openStage(stage: number, phase: Phase): void {
    const list = this.#event.lists[stage] as TriggerList; // as: there is one for each phase
    this.#stage = stage;
    this.#waits = false;
    this.#called = 0;
    this.#limits?.phaseBegan();
    this.#isClosed = false;
    list.open();
    this.#watcher?.phase('start', phase);
    this.#isOpen = true;
    if (this.isInPhase) this.#event.policy?.enterPhase(phase, this); // unless the observer has ended the firing
    if (list.triggers.size > 0) this.#callAll(list);
    list.close();
    this.#isOpen = false;
    if (list.isCut) this.#reportLoop(phase);
    this.#watcher?.phase('end', phase);
    this.#waits = this.pending.size > 0;
    if (!this.#waits) return;
    if (this.#patience === 'wait') this.#limits?.arm(phase);
    else if (this.#patience === 'grace') this.#spendGrace(stage, GRACE_HOPS);
  }

  #closeStage(): void {
    this.#isClosed = true;
    this.#noteCount();
    this.#limits?.phaseEnded();
    const phase = PHASES[this.#stage];
    if (this.#waits && phase !== undefined) this.#watcher?.phase('settled', phase);
  }

  /** In order; those that are added meanwhile too (C17). */
  #callAll(list: TriggerList): void {
    for (const trigger of list.triggers) {
      if (this.#isClosed || list.isCut) return; // the firing is over (C31), or the phase is cut (C18)
      if (!trigger.options.every) list.remove(trigger);
      this.call(trigger);
    }
  }

  #noteCount(): void {
    if (this.#stage !== NEW) this.#record.counts[this.#stage] = this.#called;
  }

  #end(): void {
    if (this.#stage === OVER) return; // ended by what heard that it was left behind
    const list = this.#event.lists[this.#stage];
    const record = this.#record;
    this.#noteCount();
    this.#stage = OVER;
    this.#isClosed = true;
    list?.close();
    this.#limits?.ended();
    const now = this.#deps.now();
    record.duration = now - record.start;
    record.escalated = this.#patience !== 'wait';
    this.#watcher?.firing(this.#isSynchronous ? 'end' : 'settled', now);
    // The record stays ours: a trigger that ended the firing while it ran may still fail, and the report is to say so.
    this.report = new FiringReport(record);
    this.#event.ended(this, this.report);
    this.#settlePromise?.(this.report);
    this.onOver?.();
  }

  /** A thenable joins the stage. Its `then` is read once and called at once (C12, C13); false for what is no thenable. */
  #join(call: TriggerCall, result: object): boolean {
    const then: unknown = (result as { then?: unknown }).then; // any object may have one
    if (typeof then !== 'function') return false;
    const { kind, options } = TriggerCall.triggerOf(call);
    this.#begins(call);
    if (this.pending === NOTHING) this.pending = new Set();
    this.pending.add(call);
    if (this.#waits && kind === 'service') this.#limits?.calledLate(call);
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
    if (this.#stage === OVER) this.#leaveBehind(this.pending, this.#abandonedWith);
    else if (options.timeout !== undefined && this.pending.has(call))
      this.#limit(NO_LIMITS).armTimeout(call, options.timeout);
    return true;
  }

  /** Notes when a call began, unless that is noted already. */
  #begins(call: TriggerCall): void {
    if (TriggerCall.timingOf(call) === undefined) TriggerCall.began(call, this.#deps.now());
  }

  /** A call that pends ends by itself; whatever settles a second time, or too late, is ignored. */
  #settle(call: TriggerCall, outcome: TriggerOutcome, error?: unknown): void {
    if (!this.pending.has(call)) return;
    this.#busy++;
    this.#leave(call, outcome, error);
    this.#busy--;
    this.#advance();
  }

  /** Goes on without these calls; with an error each of them has failed. What begins meanwhile is left behind too. */
  #leaveBehind(calls: Iterable<TriggerCall>, error?: Error): void {
    for (const call of calls) {
      if (!this.pending.has(call)) continue;
      const item = pendingItemOf(TriggerCall.triggerOf(call), this.#deps.now() - TriggerCall.startOf(call));
      if (!this.pending.has(call)) continue; // its own status() has ended the run
      this.#record.abandoned = added(this.#record.abandoned, item);
      this.#leave(call, 'abandoned', error);
    }
  }

  /** The one place where a call stops to pend. */
  #leave(call: TriggerCall, outcome: TriggerOutcome, error: unknown): void {
    const trigger = TriggerCall.triggerOf(call);
    this.pending.delete(call);
    this.#limits?.settled(call);
    // What was thrown is the program's: it is not asked what it is.
    const timeout = outcome === 'abandoned' && error instanceof TriggerTimeoutError ? error : undefined;
    if (outcome === 'abandoned') TriggerCall.abort(call, timeout ?? this.aborted?.reason);
    if (outcome === 'failed' || (outcome === 'abandoned' && error !== undefined)) this.#failed(trigger, error, timeout);
    this.#watcher?.trigger('settled', call, outcome, error);
    this.#follow(trigger, outcome);
  }

  /** What waited for the trigger may be called now: its synchronous part is on the stack. */
  #follow(trigger: RegisteredTrigger, outcome: TriggerOutcome): void {
    if (trigger.onSettled === undefined) return;
    const isOpen = this.#isOpen;
    this.#isOpen = true;
    trigger.onSettled(outcome, this);
    this.#isOpen = isOpen;
  }

  #abortPending(reason: unknown): void {
    this.aborted ??= { reason };
    this.#busy++;
    for (const call of this.pending) TriggerCall.abort(call, reason);
    this.#busy--;
    this.#advance();
  }

  #failed(trigger: RegisteredTrigger, cause: unknown, failure?: TriggerFailedError): void {
    const { kind, phase, options } = trigger;
    const { policy } = this.#event;
    const source = sourceOf(trigger);
    this.#record.errors = added(this.#record.errors, failure ?? failedError(trigger, cause));
    this.#deps.report(cause, source);
    if (policy?.startFailed === undefined)
      this.#record.vetoed ||= options.required === true && this.report === undefined;
    else if (kind === 'service' || (options.required ?? phase === 'before')) policy.startFailed(cause, source);
  }

  #reportLoop(phase: Phase): void {
    const name = phaseName(this.#event.type, phase);
    const error = loopError(name);
    this.#record.errors = added(this.#record.errors, error);
    this.#deps.report(error, { kind: 'trigger', name, event: this.#event.type, phase });
  }

  /** One microtask hop after another while this stage waits; then the firing is escalated (C32). */
  #spendGrace(stage: number, hops: number): void {
    void Promise.resolve().then(() => {
      if (this.#stage !== stage || this.#patience !== 'grace') return;
      if (hops > 1) this.#spendGrace(stage, hops - 1);
      else this.escalate(new Error(`The host goes away: ${eventName(this.#event.type)} cannot wait`));
    });
  }

  #limit(limits: Limits): FiringLimits {
    const { deadlineFrom = this.#record.start } = this.settings;
    return (this.#limits ??= new FiringLimits(this.#deps, this, this.#event.type, limits, deadlineFrom));
  }
}

/** Appends to a list that may be the shared empty one. */
function added<T>(list: readonly T[], item: T): readonly T[] {
  if (list === NONE) return [item];
  (list as T[]).push(item); // as: only NONE is read-only
  return list;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
