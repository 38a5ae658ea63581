import { loopError, phaseName } from './describe.ts';
import { eventName } from '../ground/event-name.ts';
import { PHASES, type Limits, type Phase } from '../ground/events.ts';
import type { FiredEvent, FiringSettings } from './fired-event.ts';
import { FiringCalls, type CallingFiring } from './firing-calls.ts';
import type { ContextRunner, FiringDeps } from './firing-deps.ts';
import { FiringLimits, type LimitedFiring } from './firing-limits.ts';
import { addTo, FiringReport, newRecord, type FiringRecord } from './firing-report.ts';
import type { PendingItem } from '../ground/observer.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import type { Aborted, TriggerCall } from './trigger-call.ts';
import type { RegisteredTrigger, TriggerList } from './trigger.ts';
import { FiringTimings, watcherOf, type Watcher } from './watcher.ts';

/** How many microtasks a phase of a terminal firing waits (C32). An async function ten awaits deep needs about thirty. */
const GRACE_HOPS = 64;

/** The values of `#stage` before the first phase and after the last one. In between it is the index of the phase in `PHASES`. */
const NEW = -1;
const OVER = PHASES.length;

/** How a phase treats pending calls: waits for them, waits for `GRACE_HOPS` microtasks (C32), or goes on without them. */
type WaitMode = 'wait' | 'grace' | 'none';

const NO_LIMITS: Limits = {};

/**
 * One firing of an event: a state machine.
 *
 *     new ─► before ─► during ─► after ─► over
 *
 * A phase begins by calling its triggers, and ends when none of these calls is pending. `advance()` runs phase after phase until one has to
 * wait. It is called again when a call has settled. As long as nothing is pending, all of it is synchronous (C12).
 *
 * A firing can be ended early:
 *
 *     cut       the phase under way ends as usual, no other one begins
 *     escalate  all phases call their triggers, none waits
 *     abandon   ends at once
 */
export class Firing implements CallingFiring, LimitedFiring {
  readonly detail: unknown;
  readonly settings: FiringSettings;
  readonly deps: FiringDeps;
  readonly event: FiredEvent;
  readonly watcher: Watcher | undefined;
  readonly record: FiringRecord;
  readonly #calls: FiringCalls = new FiringCalls(this);
  /** `NEW`, the index in `PHASES` of the phase under way or the last one, or `OVER`. */
  #stage = NEW;
  #waitMode: WaitMode;
  /** No other phase begins (C29). */
  #isCut: boolean;
  /** A phase is under way. `false` before the first phase, between two phases, and at the end. */
  #isInPhase = false;
  /** All triggers of the phase have been called, and some were pending then. */
  #isWaiting = false;
  /** `begin()` is on the stack. */
  #isSynchronous = true;
  /** The async context of the code that fired. Captured if something other than a promise can make the firing go on (N3). */
  #context: ContextRunner | undefined;
  #settle: ((report: FiringReport) => void) | undefined;
  #promise: Promise<FiringReport> | undefined;
  /** Set when the signals of this firing are aborted. Signals that are read later are aborted with the same reason. */
  aborted: Aborted | undefined;
  /** Set when it is over. */
  report: FiringReport | undefined;
  /** Called when it is over, synchronously, after `event.ended()` and `settings.over()`. */
  onOver: (() => void) | undefined;

  static {
    const deps = { now: () => NaN, observer: undefined } as unknown as FiringDeps; // as: it is never begun
    keepHiddenClass(new Firing(deps, { type: '' } as FiredEvent, undefined, undefined, false, {}));
  }

  constructor(
    deps: FiringDeps,
    event: FiredEvent,
    detail: unknown,
    limits: Limits | undefined,
    isTimed: boolean,
    settings: FiringSettings,
  ) {
    const timings = isTimed ? new FiringTimings(deps) : undefined;
    this.deps = deps;
    this.event = event;
    this.detail = detail;
    this.settings = settings;
    this.watcher = watcherOf(deps, event.type, timings);
    this.record = newRecord(event.type, deps.now(), timings);
    this.#waitMode = settings.escalated !== undefined ? 'none' : settings.terminal === true ? 'grace' : 'wait';
    this.#isCut = settings.cut !== undefined;
    this.aborted = settings.cut ?? settings.escalated;
    if (limits !== undefined) this.limits(limits);
  }

  get terminal(): boolean {
    return this.settings.terminal === true;
  }

  /** How many phases have begun; all of them once it is over. */
  get begun(): number {
    return Math.min(this.#stage + 1, PHASES.length);
  }

  /** The synchronous part of a trigger is on the stack. */
  get isCalling(): boolean {
    return this.#calls.isCalling;
  }

  /** A phase is under way: `call()` adds to it. */
  get isInPhase(): boolean {
    return this.#isInPhase;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  get isOver(): boolean {
    return this.#stage === OVER;
  }

  get isCut(): boolean {
    return this.#isCut || this.isOver;
  }

  get pending(): ReadonlySet<TriggerCall> {
    return this.#calls.pending;
  }

  /** Resolves when it is over; never rejects (C15). */
  get promise(): Promise<FiringReport> {
    if (this.report !== undefined) return Promise.resolve(this.report);
    return (this.#promise ??= new Promise((resolve) => {
      this.#settle = resolve;
    }));
  }

  begin(): void {
    if (this.event.policy !== undefined || this.#calls.limits !== undefined) this.keepContext(); // before a trigger can change it
    this.watcher?.firing('start', this.record.start);
    this.advance();
    this.#isSynchronous = false;
    if (!this.isOver) this.watcher?.firing('end');
  }

  /** The pending calls, in order. */
  pendingItems(): PendingItem[] {
    return this.#calls.pendingItems();
  }

  /** Calls a trigger in the phase under way: a service when those it waits for have settled, or work in flight. */
  call(trigger: RegisteredTrigger): void {
    this.#calls.call(trigger);
  }

  /** No other phase begins. The phase under way calls the rest of its triggers, aborts the pending ones and waits for them (C29). */
  cut(reason: unknown): void {
    this.#isCut = true;
    this.aborted ??= { reason };
    this.#calls.abortAll(reason);
  }

  /** From now on no phase waits. Each remaining phase still calls its triggers (C32). */
  escalate(reason: unknown): void {
    if (this.isOver) return;
    this.#waitMode = 'none';
    this.aborted ??= { reason };
    this.#calls.abortAll(reason);
  }

  /** Ends the firing at once. Triggers not called yet stay registered (C30, C31). With `error`, each pending call counts as failed. */
  abandon(reason: unknown, error?: Error): void {
    if (this.isOver) return;
    this.#isCut = true; // services that wait for an abandoned call are not called
    this.aborted ??= { reason };
    this.#calls.abandonAll(error);
    this.#end();
  }

  /** Abandons these calls with a timeout error. */
  timeOut(calls: Iterable<TriggerCall>): void {
    this.#calls.timeOut(calls);
  }

  /** The deadline `what` has passed: pending calls time out, and no phase waits any longer (C22). */
  expire(what: string): void {
    const reason = new Error(`${what} has passed`);
    this.#calls.enter();
    this.#waitMode = 'none';
    this.aborted ??= { reason };
    this.#calls.timeOut([...this.pending]); // what begins now, since it had waited for these, is not to blame (C66)
    this.#calls.abortAll(reason);
    this.#calls.exitAndAdvance();
  }

  remaining(call: TriggerCall): number {
    return this.aborted === undefined ? this.limits().remaining(call) : 0;
  }

  /** The limits of this firing. The constructor sets them; otherwise the first trigger with a timeout makes them. */
  limits(limits: Limits = NO_LIMITS): FiringLimits {
    const { deadlineFrom = this.record.start } = this.settings;
    return (this.#calls.limits ??= new FiringLimits(this.deps, this, this.event.type, limits, deadlineFrom));
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

  /** Runs phases as far as it can. Does nothing while it is on the stack already, or code of the program that the firing has called. */
  advance(): void {
    if (this.#calls.isBusy || this.isOver) return;
    if (this.#context === undefined || this.#isSynchronous) this.#runPhases();
    else
      this.#context(() => {
        this.#runPhases();
      });
  }

  /** Runs phase after phase, until one has to wait. */
  #runPhases(): void {
    const calls = this.#calls;
    calls.enter();
    while (this.#stage !== OVER) {
      if (this.#waitMode === 'none') calls.abandonAll();
      if (calls.pending.size > 0) break;
      this.#endPhase();
      const next = this.#stage + (this.record.vetoed && this.#stage === 0 ? 2 : 1); // a veto in `before` skips `during`
      const phase = PHASES[next];
      if (phase === undefined || this.#isCut) this.#end();
      else this.#beginPhase(next, phase);
    }
    calls.exit();
  }

  #beginPhase(stage: number, phase: Phase): void {
    const list = this.event.lists[stage] as TriggerList; // as: there is one for each phase
    const calls = this.#calls;
    this.#stage = stage;
    this.#isWaiting = false;
    this.#isInPhase = true;
    calls.count = 0;
    calls.limits?.phaseBegan();
    list.open();
    this.watcher?.phase('start', phase);
    calls.isCalling = true;
    if (list.isOpen) this.event.policy?.enterPhase(phase, this); // false if the observer has ended the firing
    if (list.isOpen && list.triggers.size > 0) calls.callAll(list);
    calls.isCalling = false;
    list.close();
    if (list.isFull) this.#reportLoop(phase);
    this.watcher?.phase('end', phase);
    this.#isWaiting = calls.pending.size > 0;
    if (!this.#isWaiting) return;
    if (this.#waitMode === 'wait') calls.limits?.arm(phase);
    else if (this.#waitMode === 'grace') this.#spendGrace(stage, GRACE_HOPS);
  }

  #endPhase(): void {
    const phase = PHASES[this.#stage];
    this.#isInPhase = false;
    if (phase === undefined) return;
    this.record.counts[this.#stage] = this.#calls.count;
    this.#calls.limits?.clearPhaseLimit();
    if (this.#isWaiting) this.watcher?.phase('settled', phase);
  }

  #end(): void {
    if (this.isOver) return; // an abort listener has ended it already
    const record = this.record;
    if (this.#isInPhase) record.counts[this.#stage] = this.#calls.count;
    this.event.lists[this.#stage]?.stop();
    this.#stage = OVER;
    this.#isInPhase = false;
    this.#calls.limits?.ended();
    const now = this.deps.now();
    record.duration = now - record.start;
    record.escalated = this.#waitMode !== 'wait';
    this.watcher?.firing(this.#isSynchronous ? 'end' : 'settled', now);
    const report = new FiringReport(record);
    this.report = report;
    this.event.ended();
    this.settings.over?.(report);
    this.#settle?.(report);
    this.onOver?.();
  }

  #reportLoop(phase: Phase): void {
    const name = phaseName(this.event.type, phase);
    const error = loopError(name);
    this.record.errors = addTo(this.record.errors, error);
    this.deps.report(error, { kind: 'trigger', name, event: this.event.type, phase });
  }

  /** Waits for `hops` microtasks. If the phase is still pending then, the firing is escalated (C32). */
  #spendGrace(stage: number, hops: number): void {
    void Promise.resolve().then(() => {
      if (this.#stage !== stage || this.#waitMode !== 'grace') return;
      if (hops > 1) this.#spendGrace(stage, hops - 1);
      else this.escalate(new Error(`The host is closing, so ${eventName(this.event.type)} can't wait any longer`));
    });
  }
}
