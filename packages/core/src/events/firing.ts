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

/** Microtask hops that a phase of a terminal firing waits (C32): an async function ten awaits deep needs about thirty. */
const GRACE_HOPS = 64;

/** The stages of a firing besides its phases, which count from 0. */
const NEW = -1;
const OVER = PHASES.length;

/** What a phase does about calls that pend: waits for them, waits for some microtasks (C32), or goes on without them. */
type Patience = 'wait' | 'grace' | 'none';

const NO_LIMITS: Limits = {};

/**
 * One firing of an event: a state machine over its stages.
 *
 *     new ─► before ─► during ─► after ─► over
 *
 * A stage begins by calling its triggers. The next one begins as soon as none of these calls pends, or the patience is `none`: `advance()`
 * alone moves the stage, as far as it can. As long as nothing pends, all of it is synchronous (C12).
 */
export class Firing implements CallingFiring, LimitedFiring {
  readonly detail: unknown;
  readonly settings: FiringSettings;
  readonly deps: FiringDeps;
  readonly event: FiredEvent;
  readonly watcher: Watcher | undefined;
  readonly record: FiringRecord;
  readonly #calls: FiringCalls = new FiringCalls(this);
  /** The place in `PHASES` of the phase under way. */
  #stage = NEW;
  #patience: Patience;
  /** No later stage begins, and the firing ends (C29). */
  #isCut: boolean;
  /** A stage is under way: not before the first, between two of them, or at the end. */
  #isInPhase = false;
  #isWaiting = false;
  #isSynchronous = true;
  /** Kept when it waits for more than promises, which keep the context themselves (N3). */
  #inContext: ContextRunner | undefined;
  #settle: ((report: FiringReport) => void) | undefined;
  #promise: Promise<FiringReport> | undefined;
  /** Why every signal of this firing is aborted, later ones included. */
  aborted: Aborted | undefined;
  /** Set when it is over. */
  report: FiringReport | undefined;
  /** Called when it is over, synchronously, after all others have heard. */
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
    this.#patience = settings.escalated !== undefined ? 'none' : settings.terminal === true ? 'grace' : 'wait';
    this.#isCut = settings.cut !== undefined;
    this.aborted = settings.cut ?? settings.escalated;
    if (limits !== undefined) this.limits(limits);
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
    return this.#calls.isOpen;
  }

  /** A phase is under way: what is called joins it. */
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
    this.watcher?.firing('start', this.record.start);
    this.advance();
    this.#isSynchronous = false;
    if (!this.isOver) this.watcher?.firing('end');
  }

  /** What pends at this moment, in order. */
  waiting(): PendingItem[] {
    return this.#calls.waiting();
  }

  /** Calls a trigger in the stage under way: a service when what it waited for has settled, or work in flight. */
  call(trigger: RegisteredTrigger): void {
    this.#calls.call(trigger);
  }

  /** The stage under way is finished: its triggers are called to the last, what pends is told and awaited. No later one begins (C29). */
  cut(reason: unknown): void {
    this.#isCut = true;
    this.aborted ??= { reason };
    this.#calls.abortAll(reason);
  }

  /** From now on no stage waits: each one left still calls its triggers (C32). */
  escalate(reason: unknown): void {
    if (this.isOver) return;
    this.#patience = 'none';
    this.aborted ??= { reason };
    this.#calls.abortAll(reason);
  }

  /** Ends it where it is; triggers that were not called stay registered (C30, C31). With an error, each call that pends is reported. */
  abandon(reason: unknown, error?: Error): void {
    if (this.isOver) return;
    this.#isCut = true; // what waits for a call that is abandoned is not called
    this.aborted ??= { reason };
    this.#calls.abandonAll(error);
    this.#end();
  }

  /** These calls have outlived their limit. */
  timeOut(calls: Iterable<TriggerCall>): void {
    this.#calls.timeOut(calls);
  }

  /** The deadline `what` has passed: what pends is reported, and no stage waits any longer (C22). */
  expire(what: string): void {
    this.#calls.enter();
    this.#calls.timeOut(this.pending);
    this.escalate(new Error(`${what} has passed`));
    this.#calls.leave();
  }

  limits(limits: Limits = NO_LIMITS): FiringLimits {
    const { deadlineFrom = this.record.start } = this.settings;
    return (this.#calls.limits ??= new FiringLimits(this.deps, this, this.event.type, limits, deadlineFrom));
  }

  /** From now on each stage begins in the async context of this moment, which is that of whoever fired. */
  keepContext(): void {
    this.#inContext ??= this.deps.captureContext();
  }

  /** Moves on as far as it can. Does nothing while that is under way already, or code of the program runs. */
  advance(): void {
    if (this.#calls.isBusy || this.isOver) return;
    const inContext = this.#inContext;
    if (inContext === undefined) this.#runStages();
    else
      inContext(() => {
        this.#runStages();
      });
  }

  /** Stage by stage, until one has to wait. */
  #runStages(): void {
    const calls = this.#calls;
    calls.enter();
    while (this.#stage !== OVER) {
      if (this.#patience === 'none') calls.abandonAll();
      if (calls.pending.size > 0) break;
      this.#closeStage();
      const next = this.#stage + (this.record.vetoed && this.#stage === 0 ? 2 : 1);
      const phase = PHASES[next];
      if (phase === undefined || this.#isCut) this.#end();
      else this.#openStage(next, phase);
    }
    calls.exit();
  }

  #openStage(stage: number, phase: Phase): void {
    const list = this.event.lists[stage] as TriggerList; // as: there is one for each phase
    const calls = this.#calls;
    this.#stage = stage;
    this.#isWaiting = false;
    this.#isInPhase = true;
    calls.count = 0;
    calls.limits?.phaseBegan();
    list.open();
    this.watcher?.phase('start', phase);
    calls.isOpen = true;
    if (list.isOpen) this.event.policy?.enterPhase(phase, this); // else the observer has ended the firing
    if (list.isOpen && list.triggers.size > 0) calls.callAll(list);
    calls.isOpen = false;
    list.close();
    if (list.isCut) this.#reportLoop(phase);
    this.watcher?.phase('end', phase);
    this.#isWaiting = calls.pending.size > 0;
    if (!this.#isWaiting) return;
    if (calls.limits !== undefined || this.event.policy !== undefined) this.keepContext();
    if (this.#patience === 'wait') calls.limits?.arm(phase);
    else if (this.#patience === 'grace') this.#spendGrace(stage, GRACE_HOPS);
  }

  #closeStage(): void {
    const phase = PHASES[this.#stage];
    this.#isInPhase = false;
    if (phase === undefined) return;
    this.record.counts[this.#stage] = this.#calls.count;
    this.#calls.limits?.phaseEnded();
    if (this.#isWaiting) this.watcher?.phase('settled', phase);
  }

  #end(): void {
    if (this.isOver) return; // ended by what heard that it was abandoned
    const record = this.record;
    if (this.#isInPhase) record.counts[this.#stage] = this.#calls.count;
    this.event.lists[this.#stage]?.stop();
    this.#stage = OVER;
    this.#isInPhase = false;
    this.#calls.limits?.ended();
    const now = this.deps.now();
    record.duration = now - record.start;
    record.escalated = this.#patience !== 'wait';
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

  /** One microtask hop after another while this stage waits; then the firing is escalated (C32). */
  #spendGrace(stage: number, hops: number): void {
    void Promise.resolve().then(() => {
      if (this.#stage !== stage || this.#patience !== 'grace') return;
      if (hops > 1) this.#spendGrace(stage, hops - 1);
      else this.escalate(new Error(`The host goes away: ${eventName(this.event.type)} cannot wait`));
    });
  }
}
