import { eventName } from '../ground/event-name.ts';
import { PHASES, type Limits, type Phase } from '../ground/events.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import type { PendingItem } from '../ground/observer.ts';
import { loopError, phaseName } from './describe.ts';
import type { FiredEvent, FiringPolicy, FiringSettings } from './fired-event.ts';
import { abandonAll, abortAll, callTrigger, callTriggers, expire, pendingItems } from './firing-calls.ts';
import type { FiringDeps } from './firing-deps.ts';
import { FiringLimits } from './firing-limits.ts';
import { FiringReport } from './firing-report.ts';
import { FiringState } from './firing-state.ts';
import type { ActiveFiring, RegisteredTrigger, TriggerList } from './trigger.ts';

/** How many microtasks a phase of a terminal firing waits (C32). An async function ten awaits deep needs about thirty. */
const GRACE_HOPS = 64;

/**
 * One firing of an event: a state machine. For each phase, `before`, `during` and `after`, it takes these steps (`FiringState.step`):
 *
 *     between ─► calling ─► waiting ─► between … ─► over
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
export class Firing implements ActiveFiring {
  /** Called when it is over, synchronously, after `event.ended()` and `settings.onOver()`. */
  onOver: (() => void) | undefined;
  readonly #event: FiredEvent;
  readonly #settings: FiringSettings;
  readonly #state: FiringState;
  readonly #limits: FiringLimits | undefined;
  /** The index in `PHASES` of the phase under way, or of the last one that has begun; -1 before the first one. */
  #index = -1;
  /** `begin()` has returned. */
  #hasBegun = false;
  /** Set when it is over. */
  #report: FiringReport | undefined;
  #settle: ((report: FiringReport) => void) | undefined;
  #promise: Promise<FiringReport> | undefined;

  static {
    keepHiddenClass(new Firing({ now: () => NaN } as never, { type: '' } as never, undefined, undefined, false, {})); // as: it is never begun
  }

  constructor(
    deps: FiringDeps,
    event: FiredEvent,
    detail: unknown,
    limits: Limits | undefined,
    hasTimings: boolean,
    settings: FiringSettings,
  ) {
    const state = new FiringState(this, deps, event, detail, hasTimings, settings);
    this.#event = event;
    this.#settings = settings;
    this.#state = state;
    this.#limits = limits && new FiringLimits(state, limits, settings.deadlineFrom ?? state.record.start);
    state.limits = this.#limits;
  }

  get terminal(): boolean {
    return this.#state.terminal;
  }

  /** How many phases have begun; all of them once it is over. */
  get phasesBegun(): number {
    return this.#state.isOver ? PHASES.length : this.#index + 1;
  }

  /** The synchronous part of a trigger is on the stack. */
  get isCalling(): boolean {
    return this.#state.isCalling;
  }

  /** A phase is under way: `call()` adds to it. */
  get isInPhase(): boolean {
    const { step } = this.#state;
    return step === 'calling' || step === 'waiting';
  }

  get isCut(): boolean {
    return this.#state.ending !== undefined || this.#state.isOver;
  }

  /** Its signals are aborted: it was cut or escalated, or a limit has passed. */
  get isAborted(): boolean {
    return this.#state.aborted !== undefined;
  }

  /** Resolves when it is over; never rejects (C15). */
  get promise(): Promise<FiringReport> {
    if (this.#report !== undefined) return Promise.resolve(this.#report);
    return (this.#promise ??= new Promise((resolve) => {
      this.#settle = resolve;
    }));
  }

  /** The pending calls, in order. */
  pendingItems(): PendingItem[] {
    return pendingItems(this.#state);
  }

  /** Calls a trigger in the phase under way: a service when those it waits for have settled, or work in flight. */
  call(trigger: RegisteredTrigger): void {
    callTrigger(this.#state, trigger);
  }

  /** Calls `fn`, which calls triggers in the phase under way from outside the firing. Meanwhile the firing doesn't go on. */
  calling(fn: () => void): void {
    const state = this.#state;
    const { isCalling } = state;
    state.enter();
    state.isCalling = true;
    fn();
    state.isCalling = isCalling;
    state.exit();
  }

  inContext(fn: () => void): void {
    this.#state.inContext(fn);
  }

  // ── The phases ──

  begin(): void {
    const { watcher, record } = this.#state;
    if (this.#event.policy !== undefined || this.#limits !== undefined) this.#state.keepContext(); // before a trigger can change it
    watcher?.firing('start', record.start);
    this.#runPhases();
    this.#hasBegun = true;
    if (!this.#state.isOver) watcher?.firing('end');
  }

  /** Goes on if the phase under way is over. May be called at any time. */
  advance(): void {
    if (!this.#state.canAdvance) return;
    this.#state.inContext(() => {
      this.#runPhases();
    });
  }

  /** Runs phase after phase, until one has to wait. */
  #runPhases(): void {
    const state = this.#state;
    state.enter();
    for (;;) {
      if (state.waitMode === 'none') abandonAll(state); // an abort listener may end the firing
      if (state.isOver || state.pendingCount > 0) break;
      if (state.policy?.phaseSettled !== undefined && this.#callLast(state.policy)) continue;
      this.#endPhase();
      const next = this.#index + (state.record.vetoed && this.#index === 0 ? 2 : 1); // a veto in `before` skips `during`
      const phase = PHASES[next];
      if (phase === undefined || state.ending !== undefined) this.#end();
      else this.#beginPhase(next, phase);
    }
    state.exit();
  }

  #beginPhase(index: number, phase: Phase): void {
    const state = this.#state;
    const list = this.#event.lists[index] as TriggerList; // as: there is one for each phase
    this.#index = index;
    state.enterPhase();
    this.#limits?.phaseBegan();
    list.open();
    state.watcher?.phase('start', phase);
    state.isCalling = true;
    if (list.isOpen) this.#event.policy?.enterPhase(phase, this); // false if the observer has ended the firing
    callTriggers(state, list);
    state.isCalling = false;
    list.close();
    if (list.isFull) this.#reportLoop(phase);
    state.watcher?.phase('end', phase);
    this.#wait(phase);
  }

  /** Limits the time that the phase waits, if a call is pending. */
  #wait(phase: Phase): void {
    const state = this.#state;
    if (state.pendingCount === 0) return;
    state.step = 'waiting';
    if (state.waitMode === 'wait') this.#limits?.arm(phase);
    else if (state.waitMode === 'grace') this.#spendGrace(this.#index, GRACE_HOPS);
  }

  /** Nothing of the phase is pending: calls what has waited for that (C67). Returns whether there was something to call. */
  #callLast(policy: FiringPolicy): boolean {
    const state = this.#state;
    const phase = PHASES[this.#index];
    if (!this.isInPhase || phase === undefined) return false;
    const { calledCount, step } = state;
    state.isCalling = true;
    policy.phaseSettled?.(phase, this);
    state.isCalling = false;
    if (step === 'calling') this.#wait(phase); // a phase that has waited before has its limits already
    return state.isOver || state.calledCount > calledCount;
  }

  #endPhase(): void {
    const state = this.#state;
    const { step } = state;
    const phase = PHASES[this.#index];
    state.step = 'between';
    if (phase === undefined) return; // the first phase has not begun
    state.record.counts[this.#index] = state.calledCount;
    this.#limits?.phaseEnded();
    if (step === 'waiting') state.watcher?.phase('settled', phase);
  }

  #reportLoop(phase: Phase): void {
    const { type } = this.#event;
    const name = phaseName(type, phase);
    const error = loopError(name);
    this.#state.failed(error, error, { kind: 'trigger', name, event: type, phase });
  }

  /** Waits for `hops` microtasks. If the phase is still pending then, the firing is escalated (C32). */
  #spendGrace(index: number, hops: number): void {
    void Promise.resolve().then(() => {
      if (this.#state.isOver || this.#index !== index || this.#state.waitMode !== 'grace') return;
      if (hops > 1) this.#spendGrace(index, hops - 1);
      else this.escalate(new Error(`The host is closing, so ${eventName(this.#event.type)} can't wait any longer`));
    });
  }

  // ── The end ──

  /** No other phase begins. The phase under way calls the rest of its triggers, aborts the pending ones and waits for them (C29). */
  cut(reason: unknown): void {
    this.#state.ending = { kind: 'cut', reason };
    abortAll(this.#state, reason);
  }

  /** From now on no phase waits. Each remaining phase still calls its triggers (C32). */
  escalate(reason: unknown): void {
    if (this.#state.isOver) return;
    this.#state.waitMode = 'none';
    abortAll(this.#state, reason);
  }

  /** The deadline `what` has passed: pending calls time out, and no phase waits any longer (C22). */
  expire(what: string): void {
    expire(this.#state, what);
  }

  /** Ends the firing at once. Triggers not called yet stay registered (C30, C31). With `error`, each pending call counts as failed. */
  abandon(reason: unknown, error?: Error): void {
    if (this.#state.isOver) return;
    this.#state.ending ??= { kind: 'abandoned', reason }; // services that wait for an abandoned call are not called
    this.#state.aborted ??= { reason };
    abandonAll(this.#state, error);
    this.#end();
  }

  #end(): void {
    const { step, record, calledCount, deps, watcher, waitMode } = this.#state;
    if (step === 'over') return; // an abort listener has ended it already
    if (this.isInPhase) record.counts[this.#index] = calledCount;
    this.#event.lists[this.#index]?.close();
    this.#state.step = 'over';
    this.#limits?.firingEnded();
    const now = deps.now();
    record.duration = now - record.start;
    record.escalated = waitMode !== 'wait';
    watcher?.firing(this.#hasBegun ? 'settled' : 'end', now);
    const report = new FiringReport(record);
    this.#report = report;
    this.#event.ended();
    this.#settings.onOver?.(report);
    this.#settle?.(report);
    this.onOver?.();
  }
}
