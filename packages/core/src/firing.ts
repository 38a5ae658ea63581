import type { Environment } from './environment.ts';
import { TriggerFailedError, TriggerLoopError, TriggerTimeoutError } from './errors.ts';
import { messageOf } from './describe-thrown.ts';
import type { ErrorSource } from './error-source.ts';
import { eventName } from './event-name.ts';
import { PHASES, type Limits, type Phase } from './events.ts';
import { dispose } from './host.ts';
import { FiringReport, type FiringError } from './firing-report.ts';
import type { TriggerOutcome, Waiting } from './observer.ts';
import { keepShape } from './shape.ts';
import { PhaseTimings } from './phase-timings.ts';
import { describePending, sourceOf, tellFiring, tellPhase, tellTrigger, titleOf } from './telling.ts';
import { PendingTrigger, TriggerCall, type Aborted } from './trigger-call.ts';
import { MAX_ADDED, type RegisteredTrigger, type TriggerList } from './trigger.ts';

/** What a promise may take to settle when the host goes away now (C32): an async function ten awaits deep needs about thirty. */
const GRACE_HOPS = 64;

/** What is called only after its phase's limit, since it waited for another, still has this long (C66). Milliseconds. */
const LATE_MS = 500;

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
  /** No phase begins at all: it was stopped before it was fired. */
  readonly cut?: Aborted;
  /** None of its phases waits (C32). */
  readonly escalated?: Aborted;
  /** Hears of its end, synchronously. */
  readonly over?: (report: FiringReport) => void;
}

/** Most firings have no errors and leave nothing behind: they share this. */
const NONE: readonly never[] = Object.freeze([]);

/** What waits between two phases: nothing can join. */
const CLOSED: readonly never[] = Object.freeze([]);

/**
 * One firing of an event: its phases, the barrier between them, its limits and its end.
 *
 *     start ─► open a phase: start its triggers ─► does any pend? ── no ──► next phase … ─► end
 *                                                    │ yes
 *                                                    └► wait: last one settles, a limit, escalate ─► next phase
 *
 * All of it is synchronous as long as nothing pends (C12).
 */
export class Firing {
  readonly detail: unknown;
  readonly settings: FiringSettings;
  readonly #env: Environment;
  readonly #event: FiredEvent;
  readonly #limits: Limits | undefined;
  /** In the order of the phases. */
  readonly #timings: readonly PhaseTimings[] | undefined;
  /** In the order of the phases. */
  readonly #counts = [0, 0, 0];
  #errors: FiringError[] | undefined;
  #abandoned: Waiting[] | undefined;
  #phase = -1;
  #phaseStart = NaN;
  #open = false;
  #proceeding = false;
  /** Its synchronous part is over: what ends now settles, and is told so (C46). */
  #begun = false;
  /** Something pended when the triggers of the phase had been started. */
  #waits = false;
  #over = false;
  #cut = false;
  #vetoed = false;
  #escalated: boolean;
  /** In order; those that have settled stay until the phase ends. */
  #waiting: readonly PendingTrigger[] | PendingTrigger[] = CLOSED;
  #pending = 0;
  /** How many of them were called when the phase began; the later ones had waited for others. */
  #onTime = 0;
  #start = NaN;
  #deadline: Disposable | undefined;
  /** What each trigger that pends is reported with when the run is over (C30). */
  #abandonedWith: Error | undefined;
  #phaseLimit: Disposable | undefined;
  /** Of the few triggers that have a limit of their own and pend. */
  #timers: Map<PendingTrigger, Disposable> | undefined;
  /** Microtask hops that this phase may still wait (C32). */
  #graceLeft = 0;
  /** Why every signal of this firing is aborted, the later ones included. */
  aborted: Aborted | undefined;
  /** Once it is over. */
  report: FiringReport | undefined;

  static {
    // as: it is never begun.
    keepShape(new Firing(undefined as never, undefined as never, undefined, undefined, false, {}));
  }

  constructor(
    env: Environment,
    event: FiredEvent,
    detail: unknown,
    limits: Limits | undefined,
    timings: boolean,
    settings: FiringSettings,
  ) {
    this.#env = env;
    this.#event = event;
    this.detail = detail;
    this.#limits = limits;
    this.#timings = timings ? event.lists.map(({ slots }) => new PhaseTimings(slots.length)) : undefined;
    this.settings = settings;
    this.aborted = settings.cut ?? settings.escalated;
    this.#cut = settings.cut !== undefined;
    this.#escalated = this.terminal || settings.escalated !== undefined;
  }

  get terminal(): boolean {
    return this.settings.terminal === true;
  }

  /** How many phases have begun. */
  get begun(): number {
    return this.#phase + 1;
  }

  /** The synchronous part of a trigger is on the stack. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** A phase has begun and is not over: what is called joins its barrier. */
  get isInPhase(): boolean {
    return this.#waiting !== CLOSED;
  }

  /** No later phase, and no service that has not begun, begins (C29). */
  get isCut(): boolean {
    return this.#cut || this.#over;
  }

  begin(): void {
    this.#start = this.#env.now();
    if (this.#env.observer !== undefined) tellFiring(this.#env, 'start', this.#event.type, this.#start);
    this.#proceed();
    this.#begun = true;
    if (!this.#over && this.#env.observer !== undefined) tellFiring(this.#env, 'end', this.#event.type);
  }

  /** What waits at this moment, in order. */
  waiting(): Waiting[] {
    const now = this.#env.now();
    return this.#waiting
      .filter(({ settled }) => !settled)
      .map((pending) => describePending(pending, now - this.#startOf(pending)));
  }

  /** The open phase is started to its end, what pends is told and awaited, no later phase begins (C29). */
  cut(reason: unknown): void {
    this.#cut = true;
    this.#abortAll(reason);
    this.#resume();
  }

  /** Opens the barriers, now: each phase still runs, none waits (C32). */
  escalate(reason: unknown): void {
    if (this.#over) return;
    this.#escalated = true;
    this.#graceLeft = 0;
    this.#abortAll(reason);
    this.#proceed();
  }

  /** A deadline has passed: what pends is reported, and nothing waits any longer (C22). */
  expire(what: string): void {
    this.#timeOut(this.#waiting);
    this.escalate(new Error(`${what} has passed`));
  }

  /** Ends it where it is; what has not been started stays registered (C30, C31). With an error, each pending trigger is reported. */
  abandon(reason: unknown, error?: Error): void {
    if (this.#over) return;
    // What waits for those that are left behind is not started any more.
    this.#cut = true;
    this.aborted ??= { reason };
    this.#abandonedWith = error;
    this.#release(error);
    this.#end();
  }

  /** Starts a trigger of the open phase, or a service once what it waits for has settled. */
  call(trigger: RegisteredTrigger): void {
    this.#count(1);
    const env = this.#env;
    const timings = this.#timings?.[this.#phase];
    if (env.observer?.trigger) tellTrigger(env, 'start', trigger);
    const context = new TriggerCall(this, trigger);
    // A timeout counts from the call (C22); without one the clock is not read for what does not pend.
    const start = timings === undefined && trigger.options.timeout === undefined ? undefined : env.now();
    const timing = timings?.begin(trigger, start ?? 0);
    let outcome: TriggerOutcome | undefined = 'done';
    let error: unknown;
    try {
      const result = trigger.call(context);
      if (isObject(result) && this.#join(trigger, context, result, start, timing)) outcome = undefined;
    } catch (thrown) {
      outcome = 'failed';
      error = thrown;
    }
    if (env.observer?.trigger) tellTrigger(env, 'end', trigger, outcome, error);
    if (outcome === undefined) return;
    if (timing !== undefined) timings?.end(timing, env.now(), outcome);
    if (outcome === 'failed') this.#failed(trigger, error);
    trigger.onSettled?.(outcome, this);
  }

  /** A thenable joins the barrier. Its `then` is read once and called at once (C12); false when there is none, or it has settled. */
  #join(trigger: RegisteredTrigger, context: TriggerCall, result: object, start?: number, timing?: number): boolean {
    const then: unknown = (result as { then?: unknown }).then; // any object may have one
    if (typeof then !== 'function') return false;
    const pending = new PendingTrigger(context, timing === undefined ? (start ?? this.#env.now()) : undefined, timing);
    if (this.#waiting === NONE) this.#waiting = [pending];
    else (this.#waiting as PendingTrigger[]).push(pending); // as: only NONE is read-only
    this.#pending++;
    try {
      (then as PromiseLike<unknown>['then']).call(
        result as PromiseLike<unknown>, // it has a callable `then`
        () => {
          this.#settle(pending, 'done');
        },
        (error: unknown) => {
          this.#settle(pending, 'failed', error);
        },
      );
    } catch (error) {
      this.#settle(pending, 'failed', error);
    }
    // The trigger ended the run before it returned: nobody waits for it any more (C30, C31).
    if (this.#over) this.#release(this.#abandonedWith);
    const { timeout } = trigger.options;
    if (timeout !== undefined && timeout !== Infinity && !pending.settled) {
      const timer = this.#after(this.#startOf(pending) + timeout, () => {
        this.#timeOut([pending]);
        this.#resume();
      });
      (this.#timers ??= new Map()).set(pending, timer);
    }
    return true;
  }

  /** The one place where a pending trigger ends; a second settlement, or one after it was abandoned, is ignored. */
  #settle(pending: PendingTrigger, outcome: TriggerOutcome, error?: unknown): void {
    if (!this.#close(pending, outcome)) return;
    // onError, an observer or a service that is called now may stop, escalate or settle others: the firing goes on after all of it.
    const proceeding = this.#proceeding;
    this.#proceeding = true;
    if (outcome === 'failed') this.#failed(pending.trigger, error);
    if (this.#env.observer?.trigger) tellTrigger(this.#env, 'settled', pending.trigger, outcome, error);
    this.#follow(pending.trigger, outcome);
    this.#proceeding = proceeding;
    this.#resume();
  }

  /** What follows may start triggers: their synchronous part is on the stack. */
  #follow(trigger: RegisteredTrigger, outcome: TriggerOutcome): void {
    if (trigger.onSettled === undefined) return;
    const open = this.#open;
    this.#open = true;
    trigger.onSettled(outcome, this);
    this.#open = open;
  }

  #close(pending: PendingTrigger, outcome: TriggerOutcome): boolean {
    if (pending.settled) return false;
    pending.settled = true;
    this.#pending--;
    this.#timers?.get(pending)?.[dispose]();
    if (pending.timing !== undefined) this.#timings?.[this.#phase]?.end(pending.timing, this.#env.now(), outcome);
    return true;
  }

  /** When it was called; in the phase under way. */
  #startOf({ startedAt, timing = 0 }: PendingTrigger): number {
    return startedAt ?? this.#timings?.[this.#phase]?.startOf(timing) ?? NaN;
  }

  #resume(): void {
    if (this.#pending === 0 || (this.#escalated && this.#graceLeft === 0)) this.#proceed();
  }

  /** Phase after phase, until one waits. What calls it from inside is heard by the loop that is under way. */
  #proceed(): void {
    if (this.#proceeding) return;
    this.#proceeding = true;
    this.#runPhases();
    this.#proceeding = false;
  }

  #runPhases(): void {
    while (!this.#over) {
      if (this.#pending > 0) {
        if (!this.#escalated || this.#graceLeft > 0) {
          this.#wait();
          return;
        }
        this.#release();
      }
      if (this.#phase >= 0) this.#closePhase();
      this.#phase += this.#vetoed && this.#phase === 0 ? 2 : 1;
      const phase = PHASES[this.#phase];
      if (phase === undefined || this.#cut) {
        this.#end();
        return;
      }
      this.#openPhase(phase);
    }
  }

  #openPhase(phase: Phase): void {
    const list = this.#event.lists[this.#phase];
    const { policy } = this.#event;
    this.#waiting = NONE;
    if (this.#limits !== undefined) this.#phaseStart = this.#env.now();
    if (this.#env.observer !== undefined) tellPhase(this.#env, 'start', this.#event.type, phase);
    this.#graceLeft = this.terminal && this.aborted === undefined ? GRACE_HOPS : 0;
    this.#open = true;
    policy?.enterPhase(phase, this);
    // Over: an observer or a service has crashed the reactor (C31).
    if (!this.#over && list !== undefined && list.slots.length > 0) this.#startTriggers(phase, list);
    this.#open = false;
    this.#onTime = this.#waiting.length;
    if (this.#env.observer !== undefined) tellPhase(this.#env, 'end', this.#event.type, phase);
    this.#waits = this.#pending > 0;
  }

  /** Those that are added meanwhile too (C17), until the phase is cut (C18) or the firing ends. */
  #startTriggers(phase: Phase, list: TriggerList): void {
    const { slots, plain } = list;
    const isPlain = this.#timings === undefined && this.#env.observer === undefined;
    let calledPlain = 0;
    list.begin();
    if (isPlain) list.preparePlain();
    for (let i = 0; i < slots.length; i++) {
      const trigger = slots[i];
      if (trigger === undefined) continue;
      const run = isPlain ? plain[i] : undefined;
      if (run === undefined) {
        if (!trigger.every) list.remove(trigger);
        this.call(trigger);
        continue;
      }
      // What `call` does where nothing is timed and nobody watches, written out: half the time (benchmark: P7).
      calledPlain++;
      const context = new TriggerCall(this, trigger);
      try {
        const result = run(context);
        if (result !== undefined && isObject(result)) this.#join(trigger, context, result);
      } catch (error) {
        this.#failed(trigger, error);
      }
    }
    this.#count(calledPlain);
    list.end();
    if (list.isCut) this.#reportLoop(phase);
  }

  #closePhase(): void {
    this.#phaseLimit?.[dispose]();
    this.#phaseLimit = undefined;
    this.#waiting = CLOSED;
    const phase = PHASES[this.#phase];
    if (phase !== undefined && this.#waits && this.#env.observer !== undefined) {
      tellPhase(this.#env, 'settled', this.#event.type, phase);
    }
  }

  /** So many more triggers of the phase under way have been called. */
  #count(calls: number): void {
    this.#counts[this.#phase] = (this.#counts[this.#phase] ?? 0) + calls;
  }

  /** The barrier stays closed: set the limits that bound what pends, unless they are set (C22). */
  #wait(): void {
    const limits = this.#limits;
    const { deadlineFrom = this.#start } = this.settings;
    if (this.#graceLeft > 0) this.#spendGrace(this.#phase);
    if (limits === undefined || this.#escalated) return;
    const { deadline = Infinity } = limits;
    if (deadline !== Infinity) {
      this.#deadline ??= this.#after(deadlineFrom + deadline, () => {
        this.expire(`The deadline of ${eventName(this.#event.type)} (${String(deadline)} ms)`);
      });
    }
    const limit = limits[PHASES[this.#phase] ?? 'after'] ?? Infinity;
    if (limit !== Infinity) {
      this.#phaseLimit ??= this.#after(this.#phaseStart + limit, () => {
        this.#atPhaseLimit(Math.min(LATE_MS, limit));
      });
    }
  }

  /**
   * What still pends has outlived the phase's limit, except a service that was called late because it had waited for others: that has
   * `grace` milliseconds from its call (C66).
   */
  #atPhaseLimit(grace: number): void {
    const now = this.#env.now();
    this.#timeOut(
      this.#waiting.filter(
        (pending, i) =>
          i < this.#onTime || pending.trigger.service === undefined || this.#startOf(pending) + grace <= now,
      ),
    );
    let next = Infinity;
    for (const pending of this.#waiting) if (!pending.settled) next = Math.min(next, this.#startOf(pending) + grace);
    if (next !== Infinity && !this.#over) {
      this.#phaseLimit = this.#after(next, () => {
        this.#atPhaseLimit(grace);
      });
    }
    this.#resume();
  }

  #after(time: number, fn: () => void): Disposable {
    return this.#env.after(Math.max(0, time - this.#env.now()), fn);
  }

  /** One microtask hop after another, as long as this phase waits (C32). */
  #spendGrace(phase: number): void {
    void Promise.resolve().then(() => {
      if (this.#over || this.#phase !== phase || this.#pending === 0) return;
      if (--this.#graceLeft > 0) this.#spendGrace(phase);
      else this.escalate(new Error(`The host goes away: ${eventName(this.#event.type)} cannot wait`));
    });
  }

  /** These have outlived their limit: each is reported, and the barrier opens without it. */
  #timeOut(outlived: readonly PendingTrigger[]): void {
    const now = this.#env.now();
    const proceeding = this.#proceeding;
    this.#proceeding = true; // as in #settle
    for (const pending of outlived) {
      if (pending.settled) continue;
      const { trigger } = pending;
      const age = now - this.#startOf(pending);
      const error = new TriggerTimeoutError(
        `${titleOf(trigger)} timed out after ${age.toFixed(0)} ms: end it when ${trigger.kind === 'work' ? 'reactor' : 'context'}.signal aborts, or raise its limit`,
        trigger.event,
        trigger.phase,
        trigger.name,
        age,
      );
      this.#leaveBehind(pending, error, error);
    }
    this.#proceeding = proceeding;
  }

  /** Nothing that pends is waited for any longer; what starts meanwhile is not either. */
  #release(error?: Error): void {
    const reason = this.aborted?.reason;
    for (const pending of this.#waiting) if (!pending.settled) this.#leaveBehind(pending, reason, error);
  }

  #leaveBehind(pending: PendingTrigger, reason: unknown, error: Error | undefined): void {
    const { trigger } = pending;
    (this.#abandoned ??= []).push(describePending(pending, this.#env.now() - this.#startOf(pending)));
    if (error !== undefined) this.#errors ??= []; // what hears of the abort may end the firing: the report is to have this error too
    this.#close(pending, 'abandoned');
    pending.context.abort(reason);
    if (error !== undefined) this.#failed(trigger, error, error instanceof TriggerTimeoutError ? error : undefined);
    if (this.#env.observer?.trigger) tellTrigger(this.#env, 'settled', trigger, 'abandoned', error);
    this.#follow(trigger, 'abandoned');
  }

  #abortAll(reason: unknown): void {
    this.aborted ??= { reason };
    for (const pending of this.#waiting) if (!pending.settled) pending.context.abort(reason);
  }

  #failed(trigger: RegisteredTrigger, cause: unknown, timeout?: TriggerTimeoutError): void {
    const { event, phase, name, service, options } = trigger;
    const { policy } = this.#event;
    (this.#errors ??= []).push(
      timeout ?? new TriggerFailedError(`${titleOf(trigger)} failed: ${messageOf(cause)}`, event, phase, name, cause),
    );
    const source = sourceOf(trigger);
    this.#env.report(cause, source);
    if (policy?.startFailed !== undefined) {
      if (service !== undefined || (options.required ?? phase === 'before')) policy.startFailed(cause, source);
    } else if (options.required === true) {
      this.#vetoed = true;
    }
  }

  #reportLoop(phase: Phase): void {
    const name = `${eventName(this.#event.type)}.${phase}`;
    const error = new TriggerLoopError(
      `${name} was cut after ${String(MAX_ADDED)} triggers were added to it while it ran: register { every: true } once, or use the reactor's clock`,
    );
    (this.#errors ??= []).push(error);
    this.#env.report(error, { kind: 'trigger', name, event: this.#event.type, phase });
  }

  #end(): void {
    if (this.#over) return; // abandoned by what heard that it was abandoned
    this.#over = true;
    this.#deadline?.[dispose]();
    this.#phaseLimit?.[dispose]();
    const now = this.#env.now();
    if (this.#env.observer !== undefined) {
      tellFiring(this.#env, this.#begun ? 'settled' : 'end', this.#event.type, now);
    }
    if (this.#open) {
      // By one of its triggers, which may still fail or return a promise: that is told in the report too.
      this.#event.lists[this.#phase]?.stop();
      this.#errors ??= [];
      this.#abandoned ??= [];
    }
    const report = new FiringReport({
      event: this.#event.type,
      start: this.#start,
      duration: now - this.#start,
      counts: this.#counts,
      errors: this.#errors ?? NONE,
      abandoned: this.#abandoned ?? NONE,
      escalated: this.#escalated,
      vetoed: this.#vetoed,
      timings: this.#timings,
    });
    this.report = report;
    this.#event.ended(this, report);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
