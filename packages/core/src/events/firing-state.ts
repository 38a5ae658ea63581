import type { ErrorSource } from '../ground/error-source.ts';
import { dispose } from '../ground/host.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import type { FiredEvent, FiringPolicy, FiringSettings, WaitMode } from './fired-event.ts';
import type { ContextRunner, FiringDeps } from './firing-deps.ts';
import { addTo, newRecord, type FiringError, type FiringRecord } from './firing-report.ts';
import { TriggerCall, type Aborted, type TriggerCallOwner } from './trigger-call.ts';
import type { ActiveFiring, RegisteredTrigger } from './trigger.ts';
import { Watcher } from './watcher.ts';

/**
 * What a firing does. `between`: no phase is under way; `calling`: it calls the triggers of a phase; `waiting`: all triggers of the phase
 * have been called, and some calls are pending.
 */
export type FiringStep = 'between' | 'calling' | 'waiting' | 'over';

/** Why no other phase begins: `cut`, by a stop, which only a start can be (C29); `abandoned`, as the run is over or has crashed. */
export interface FiringEnding {
  readonly kind: 'cut' | 'abandoned';
  readonly reason: unknown;
}

/** The limits of a firing, as its calls see them. */
export interface PhaseLimits {
  /** When the call is abandoned. `start`: when it was called. Milliseconds on the clock of the firing. */
  endOf(call: TriggerCall, start: number): number;
}

/** Shared by the many firings in which nothing is ever pending. */
const NOTHING: TriggerCall[] = [];

/** The state of one firing, which its phases, its calls and its limits share. */
export class FiringState implements TriggerCallOwner {
  readonly firing: ActiveFiring;
  readonly deps: FiringDeps;
  readonly policy: FiringPolicy | undefined;
  readonly detail: unknown;
  readonly terminal: boolean;
  readonly record: FiringRecord;
  /** Undefined if the firing has neither timings nor an observer. */
  readonly watcher: Watcher | undefined;
  step: FiringStep = 'between';
  /** Undefined if the firing has no limits. */
  limits: PhaseLimits | undefined;
  waitMode: WaitMode;
  /** Set when the signals of this firing are aborted. Signals that are read later are aborted with the same reason. */
  aborted: Aborted | undefined;
  /** Set when no other phase begins. */
  ending: FiringEnding | undefined;
  /** How many calls of the phase under way are pending. */
  pendingCount = 0;
  /** The number of triggers called in the phase under way. */
  calledCount = 0;
  /** The synchronous part of a trigger is on the stack. */
  isCalling = false;
  /** The error that `abandonAll()` was last called with. Undefined if abandoned calls don't count as failed. */
  abandonedWith: Error | undefined;
  /**
   * The calls of the phase under way that became pending, in order; those that have settled since are still in it. It isn't a `Set`: a set
   * of ten thousand calls is a large object, which V8 collects late, with all that it refers to (benchmark: P10).
   */
  #asyncCalls: TriggerCall[] = NOTHING;
  /** How many `enter()` have no `exit()` yet. */
  #depth = 0;
  /** The async context of the code that fired. Captured if something other than a promise can make the firing go on (N3). */
  #context: ContextRunner | undefined;

  static {
    // as: it is never used
    keepHiddenClass(
      new FiringState(undefined as never, { now: () => NaN } as never, { type: '' } as never, '', false, {}),
    );
  }

  constructor(
    firing: ActiveFiring,
    deps: FiringDeps,
    { type, policy }: FiredEvent,
    detail: unknown,
    hasTimings: boolean,
    { terminal = false, cut, escalated }: FiringSettings,
  ) {
    this.firing = firing;
    this.deps = deps;
    this.policy = policy;
    this.detail = detail;
    this.terminal = terminal;
    this.record = newRecord(type, deps.now(), hasTimings);
    this.watcher = hasTimings || deps.observer !== undefined ? new Watcher(deps, this.record) : undefined;
    this.waitMode = escalated !== undefined ? 'none' : terminal ? 'grace' : 'wait';
    this.aborted = cut ?? escalated;
    this.ending = cut && { kind: 'cut', reason: cut.reason };
  }

  get isOver(): boolean {
    return this.step === 'over';
  }

  /** Nothing holds up the phase under way: it can end, and the next one begin. */
  get canAdvance(): boolean {
    return this.#depth === 0 && !this.isOver && (this.pendingCount === 0 || this.waitMode === 'none');
  }

  /**
   * Before code that may call back into the firing: triggers, abort listeners, observers. The firing doesn't go on while such code is on
   * the stack.
   */
  enter(): void {
    this.#depth++;
  }

  /** After that code: the firing goes on if it can. */
  exit(): void {
    this.#depth--;
    if (this.canAdvance) this.firing.advance();
  }

  /** A phase begins: nothing is pending. */
  enterPhase(): void {
    this.step = 'calling';
    this.calledCount = 0;
    this.#asyncCalls = NOTHING;
  }

  /** Whether a call of this kind that begins now is late: a service that waited for another one is called after the triggers (C66). */
  isCalledLate(kind: RegisteredTrigger['kind']): boolean {
    return this.step === 'waiting' && kind === 'service';
  }

  /** The calls that are pending now, in the order in which they began. */
  pending(): TriggerCall[] {
    return this.#asyncCalls.filter((call) => TriggerCall.isPending(call));
  }

  addPending(call: TriggerCall): void {
    if (this.#asyncCalls === NOTHING) this.#asyncCalls = [];
    this.#asyncCalls.push(call);
    TriggerCall.timingOf(call).isPending = true;
    this.pendingCount++;
  }

  removePending(call: TriggerCall): void {
    const timing = TriggerCall.timingOf(call);
    timing.isPending = false;
    timing.timer?.[dispose]();
    this.pendingCount--;
  }

  /** Milliseconds until the firing goes on without the call, by the first of its limits (C69). */
  remaining(call: TriggerCall): number {
    if (this.aborted !== undefined) return 0;
    const now = this.deps.now();
    const { timeout = Infinity } = TriggerCall.triggerOf(call).options;
    const start = TriggerCall.startOf(call) ?? now; // not noted in the synchronous part of most calls
    return Math.max(0, Math.min(start + timeout, this.limits?.endOf(call, start) ?? Infinity) - now);
  }

  /** Captures the current async context, that of the code that fired. All later phases run in it. */
  keepContext(): void {
    this.#context ??= this.deps.captureContext();
  }

  /** Calls `fn` in the captured async context, or directly if none was captured. */
  inContext(fn: () => void): void {
    if (this.#context === undefined) fn();
    else this.#context(fn);
  }

  /** Calls `fn` at this time, in a macrotask. */
  at(time: number, fn: () => void): Disposable {
    return this.deps.after(Math.max(0, time - this.deps.now()), fn);
  }

  /** Adds an error to the report, and reports its cause. */
  failed(error: FiringError, cause: unknown, source: ErrorSource): void {
    this.record.errors = addTo(this.record.errors, error);
    this.deps.report(cause, source);
  }
}
