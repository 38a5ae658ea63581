import type { Environment } from './environment.ts';
import { TriggerFailedError, TriggerLoopError, TriggerTimeoutError } from './errors.ts';
import { messageOf, type ErrorSource } from './error-path.ts';
import { PHASES, type Limits, type Phase } from './events.ts';
import { dispose } from './host.ts';
import { FiringReport, type FiringError } from './firing-report.ts';
import type { ObservedStep, TriggerOutcome, Waiting } from './observer.ts';
import { statusOf } from './services.ts';
import { PendingTrigger, TriggerCall, type Aborted, type Timing } from './trigger-call.ts';
import { eventName, type RegisteredTrigger, type TriggerList } from './trigger.ts';

/** A phase is cut when this many triggers have been added to it while it was open (C18). */
const MAX_ADDED = 10_000;
/** What a promise may take to settle when the host goes away now (C32): an async function ten awaits deep needs about thirty. */
const GRACE_HOPS = 64;

/** What the reactor adds to the firings of `startup` and `shutdown`. */
export interface FiringPolicy {
  /** A phase begins; its plain triggers have not been started. May call `firing.call`. */
  enterPhase(phase: Phase, firing: Firing): void;
  /** A trigger failed that the start cannot do without (C26). Startup only. */
  startFailed?(error: unknown): void;
  /** Whether a trigger for this phase can no longer run in this run (C17). */
  hasPassed(): boolean;
}

/** What is fixed when a firing begins. */
export interface FiringSettings {
  readonly detail: unknown;
  readonly limits: Limits | undefined;
  readonly timings: boolean;
  readonly terminal: boolean;
  readonly policy: FiringPolicy | undefined;
  /** When its deadline began to count, if before the firing (C29). */
  readonly deadlineFrom?: number;
  /** No phase begins at all: it was stopped before it was fired. */
  readonly cut?: Aborted;
  /** None of its phases waits (C32). */
  readonly escalated?: Aborted;
}

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
  readonly #env: Environment;
  readonly #event: unknown;
  readonly #lists: Readonly<Record<Phase, TriggerList>>;
  readonly #settings: FiringSettings;
  readonly #done: (report: FiringReport) => void;
  readonly #counts = { before: 0, during: 0, after: 0 };
  readonly #errors: FiringError[] = [];
  readonly #abandoned: Waiting[] = [];
  #timings: Record<Phase, Timing[]> | undefined;
  #phase = -1;
  #phaseStart = 0;
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
  #waiting: PendingTrigger[] = [];
  #pending = 0;
  #start = 0;
  #deadline: Disposable | undefined;
  /** What each trigger that pends is reported with when the run is over (C30). */
  #abandonedWith: Error | undefined;
  #phaseLimit: Disposable | undefined;
  /** Why every signal of this firing is aborted, the later ones included. */
  aborted: Aborted | undefined;

  constructor(
    env: Environment,
    event: unknown,
    lists: Readonly<Record<Phase, TriggerList>>,
    settings: FiringSettings,
    done: (report: FiringReport) => void,
  ) {
    this.#env = env;
    this.#event = event;
    this.#lists = lists;
    this.#settings = settings;
    this.#done = done;
    this.aborted = settings.cut ?? settings.escalated;
    this.#cut = settings.cut !== undefined;
    this.#escalated = settings.terminal || settings.escalated !== undefined;
  }

  get detail(): unknown {
    return this.#settings.detail;
  }

  get terminal(): boolean {
    return this.#settings.terminal;
  }

  /** How many phases have begun. */
  get begun(): number {
    return this.#phase + 1;
  }

  /** The synchronous part of a trigger is on the stack. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** No later phase, and no service that has not begun, begins (C29). */
  get isCut(): boolean {
    return this.#cut || this.#over;
  }

  begin(): void {
    this.#start = this.#env.now();
    if (this.#settings.timings) this.#timings = { before: [], during: [], after: [] };
    this.#tellFiring('start', this.#start);
    this.#proceed();
    this.#begun = true;
    if (!this.#over) this.#tellFiring('end', this.#env.now());
  }

  /** What waits at this moment, in order. */
  waiting(): Waiting[] {
    const now = this.#env.now();
    return this.#waiting.filter(({ settled }) => !settled).map((pending) => this.#describe(pending, now));
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
  call(trigger: RegisteredTrigger, whenSettled?: (outcome: TriggerOutcome) => void): void {
    this.#counts[trigger.phase]++;
    const env = this.#env;
    const timing = this.#timings === undefined ? undefined : this.#time(trigger, this.#timings);
    if (env.observer?.trigger) this.#tellTrigger('start', trigger);
    const context = new TriggerCall(this, trigger);
    // A timeout counts from the call (C22); without one the clock is not read for what does not pend.
    const start = timing?.start ?? (trigger.options.timeout === undefined ? undefined : env.now());
    let outcome: TriggerOutcome | undefined = 'done';
    let error: unknown;
    try {
      const result = trigger.run(context);
      if (typeof result === 'object' || typeof result === 'function') {
        if (result !== null && this.#join(trigger, context, result, start, timing, whenSettled)) outcome = undefined;
      }
    } catch (thrown) {
      outcome = 'failed';
      error = thrown;
    }
    if (env.observer?.trigger) this.#tellTrigger('end', trigger, outcome, error);
    if (outcome === undefined) return;
    if (timing !== undefined) {
      timing.end = env.now();
      timing.outcome = outcome;
    }
    if (outcome === 'failed') this.#failed(trigger, error);
    whenSettled?.(outcome);
  }

  /** A thenable joins the barrier. Its `then` is read once and called at once (C12); false when there is none, or it has settled. */
  #join(
    trigger: RegisteredTrigger,
    context: TriggerCall,
    result: object,
    start: number | undefined,
    timing: Timing | undefined,
    whenSettled: ((outcome: TriggerOutcome) => void) | undefined,
  ): boolean {
    const then: unknown = (result as { then?: unknown }).then; // any object may have one
    if (typeof then !== 'function') return false;
    const pending = new PendingTrigger(trigger, context, start ?? this.#env.now(), timing, whenSettled);
    pending.index = this.#waiting.push(pending) - 1;
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
      pending.timer = this.#after(pending.startedAt + timeout, () => {
        this.#timeOut([pending]);
        this.#resume();
      });
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
    if (this.#env.observer?.trigger) this.#tellTrigger('settled', pending.trigger, outcome, error);
    if (pending.whenSettled !== undefined) this.#follow(pending.whenSettled, outcome);
    this.#proceeding = proceeding;
    this.#resume();
  }

  /** What follows may start triggers: their synchronous part is on the stack. */
  #follow(whenSettled: (outcome: TriggerOutcome) => void, outcome: TriggerOutcome): void {
    const open = this.#open;
    this.#open = true;
    whenSettled(outcome);
    this.#open = open;
  }

  #close(pending: PendingTrigger, outcome: TriggerOutcome): boolean {
    if (pending.settled) return false;
    pending.settled = true;
    this.#pending--;
    pending.timer?.[dispose]();
    if (pending.timing !== undefined) {
      pending.timing.end = this.#env.now();
      pending.timing.outcome = outcome;
    }
    return true;
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
    const list = this.#lists[phase];
    if (this.#settings.limits !== undefined) this.#phaseStart = this.#env.now();
    this.#tellPhase('start', phase);
    this.#graceLeft = this.terminal && this.aborted === undefined ? GRACE_HOPS : 0;
    this.#open = true;
    this.#settings.policy?.enterPhase(phase, this);
    list.open = true;
    list.added = 0;
    const { slots } = list;
    for (let i = 0; i < slots.length && !this.#over; i++) {
      const trigger = slots[i];
      if (trigger === undefined) continue;
      if (!trigger.every) list.remove(trigger);
      this.call(trigger);
      if (list.added >= MAX_ADDED) {
        this.#reportLoop(phase);
        break;
      }
    }
    list.open = false;
    list.pack();
    this.#open = false;
    this.#waits = this.#pending > 0;
    this.#tellPhase('end', phase);
  }

  #closePhase(): void {
    this.#phaseLimit?.[dispose]();
    this.#phaseLimit = undefined;
    this.#waiting = [];
    const phase = PHASES[this.#phase];
    if (phase !== undefined && this.#waits) this.#tellPhase('settled', phase);
  }

  /** The barrier stays closed: set the limits that bound what pends, unless they are set (C22). */
  #wait(): void {
    const { limits, deadlineFrom = this.#start } = this.#settings;
    if (this.#graceLeft > 0) this.#spendGrace(this.#phase);
    if (limits === undefined || this.#escalated) return;
    const { deadline = Infinity } = limits;
    if (deadline !== Infinity) {
      this.#deadline ??= this.#after(deadlineFrom + deadline, () => {
        this.expire(`The deadline of ${eventName(this.#event)} (${String(deadline)} ms)`);
      });
    }
    const limit = limits[PHASES[this.#phase] ?? 'after'] ?? Infinity;
    if (limit !== Infinity) {
      this.#phaseLimit ??= this.#after(this.#phaseStart + limit, () => {
        this.#timeOut(this.#waiting);
        this.#resume();
      });
    }
  }

  #after(time: number, fn: () => void): Disposable {
    return this.#env.after(Math.max(0, time - this.#env.now()), fn);
  }

  #graceLeft = 0;

  /** One microtask hop after another, as long as this phase waits (C32). */
  #spendGrace(phase: number): void {
    void Promise.resolve().then(() => {
      if (this.#over || this.#phase !== phase || this.#pending === 0) return;
      if (--this.#graceLeft > 0) this.#spendGrace(phase);
      else this.escalate(new Error(`The host goes away: ${eventName(this.#event)} cannot wait`));
    });
  }

  /** These have outlived their limit: each is reported, and the barrier opens without it. */
  #timeOut(outlived: readonly PendingTrigger[]): void {
    const now = this.#env.now();
    const proceeding = this.#proceeding;
    this.#proceeding = true; // as in #settle
    for (const pending of outlived) {
      if (pending.settled) continue;
      const { trigger, startedAt } = pending;
      const age = now - startedAt;
      const error = new TriggerTimeoutError(
        `${this.#title(trigger)} has pended for ${age.toFixed(0)} ms, longer than its limit allows: watch context.signal, or give it a longer timeout`,
        this.#event,
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
    this.#abandoned.push(this.#describe(pending, this.#env.now()));
    this.#close(pending, 'abandoned');
    pending.context.abort(reason);
    if (error !== undefined) this.#failed(trigger, error, error instanceof TriggerTimeoutError ? error : undefined);
    if (this.#env.observer?.trigger) this.#tellTrigger('settled', trigger, 'abandoned', error);
    if (pending.whenSettled !== undefined) this.#follow(pending.whenSettled, 'abandoned');
  }

  #abortAll(reason: unknown): void {
    this.aborted ??= { reason };
    for (const pending of this.#waiting) if (!pending.settled) pending.context.abort(reason);
  }

  #failed(trigger: RegisteredTrigger, cause: unknown, timeout?: TriggerTimeoutError): void {
    const { phase, name, service, options } = trigger;
    const { policy } = this.#settings;
    this.#errors.push(
      timeout ??
        new TriggerFailedError(`${this.#title(trigger)} failed: ${messageOf(cause)}`, this.#event, phase, name, cause),
    );
    this.#env.report(cause, this.#source(trigger));
    if (policy?.startFailed !== undefined) {
      if (service !== undefined || (options.required ?? phase === 'before')) policy.startFailed(cause);
    } else if (options.required === true) {
      this.#vetoed = true;
    }
  }

  #reportLoop(phase: Phase): void {
    const name = `${eventName(this.#event)}.${phase}`;
    const error = new TriggerLoopError(
      `${name} was cut after ${String(MAX_ADDED)} triggers were added to it while it ran: register { every: true } once, or use the reactor's clock`,
    );
    this.#errors.push(error);
    this.#env.report(error, { kind: 'trigger', name, event: this.#event, phase });
  }

  #end(): void {
    if (this.#over) return; // abandoned by what heard that it was abandoned
    this.#over = true;
    this.#deadline?.[dispose]();
    this.#phaseLimit?.[dispose]();
    const now = this.#env.now();
    this.#tellFiring(this.#begun ? 'settled' : 'end', now);
    this.#done(
      new FiringReport({
        event: this.#event,
        start: this.#start,
        duration: now - this.#start,
        counts: this.#counts,
        errors: this.#errors,
        abandoned: this.#abandoned,
        escalated: this.#escalated,
        vetoed: this.#vetoed,
        timings: this.#timings,
      }),
    );
  }

  #time(trigger: RegisteredTrigger, timings: Record<Phase, Timing[]>): Timing {
    const now = this.#env.now();
    const timing: Timing = { trigger, start: now, end: now, outcome: 'abandoned' };
    timings[trigger.phase].push(timing);
    return timing;
  }

  #describe({ trigger, startedAt }: PendingTrigger, now: number): Waiting {
    const { name, phase, service } = trigger;
    const status = service && statusOf(service);
    return {
      kind: service === undefined ? 'trigger' : 'service',
      name,
      event: this.#event,
      phase,
      age: now - startedAt,
      ...(status !== undefined && { status }),
    };
  }

  #title({ name, phase, service }: RegisteredTrigger): string {
    return `${service === undefined ? 'Trigger' : 'Service'} "${name}" (${eventName(this.#event)}, ${phase})`;
  }

  #source({ name, phase, service, registeredAt }: RegisteredTrigger): ErrorSource {
    return {
      kind: service === undefined ? 'trigger' : 'service',
      name,
      event: this.#event,
      phase,
      ...(registeredAt !== undefined && { registeredAt }),
    };
  }

  #tellTrigger(step: ObservedStep, trigger: RegisteredTrigger, outcome?: TriggerOutcome, error?: unknown): void {
    this.#env.notify('trigger', step, {
      event: this.#event,
      time: this.#env.now(),
      phase: trigger.phase,
      name: trigger.name,
      ...(outcome !== undefined && { outcome }),
      ...(error !== undefined && { error }),
    });
  }

  #tellFiring(step: ObservedStep, time: number): void {
    if (this.#env.observer?.firing) this.#env.notify('firing', step, { event: this.#event, time });
  }

  #tellPhase(step: ObservedStep, phase: Phase): void {
    if (this.#env.observer?.phase)
      this.#env.notify('phase', step, { event: this.#event, time: this.#env.now(), phase });
  }
}
