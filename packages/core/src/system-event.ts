import type { Clock } from './clock.ts';
import type { Environment } from './environment.ts';
import { EventAlreadyFiringError, PhasePassedError, UnknownTriggerError } from './errors.ts';
import { reportTo } from './error-path.ts';
import {
  PHASES,
  type FireArguments,
  type FireOptions,
  type Limits,
  type Phase,
  type Trigger,
  type TriggerHandle,
  type TriggerOptions,
} from './events.ts';
import type { FiringReport } from './firing-report.ts';
import { Firing, type FiredEvent, type FiringPolicy, type FiringSettings } from './firing.ts';
import { hostConsole } from './host.ts';
import {
  checkLimits,
  checkPhase,
  located,
  RegisteredTrigger,
  TriggerHandles,
  triggerListsOf,
  type TriggerList,
} from './trigger.ts';
import type { OnError } from './error-source.ts';
import { checkFunction, checkLength } from './check-function.ts';
import { eventName } from './event-name.ts';

/** No options at all. */
const ORDINARY: FireOptions & FiringSettings & TriggerOptions = Object.freeze({});

interface Again {
  readonly promise: Promise<FiringReport>;
  readonly settle: (report: FiringReport | PromiseLike<FiringReport>) => void;
  detail: unknown;
  options: FireOptions;
}

/** One event type: its triggers, and the firing that is under way. The engine behind every event of a reactor. */
export class SystemEvent implements FiredEvent {
  readonly type: unknown;
  readonly policy: FiringPolicy | undefined;
  readonly lists: readonly TriggerList[];
  readonly #byPhase: Readonly<Record<Phase, TriggerList>>;
  readonly #env: Environment;
  readonly #limits: Limits | undefined;
  readonly #timings: boolean;
  #firing: Firing | undefined;
  /** Of the firing under way, where it pends: its promise, and what settles that. */
  #promise: Promise<FiringReport> | undefined;
  #settle: ((report: FiringReport) => void) | undefined;
  #again: Again | undefined;

  constructor(type: unknown, env: Environment, limits: Limits | undefined, timings: boolean, policy?: FiringPolicy) {
    this.type = type;
    this.#env = env;
    this.#limits = limits;
    this.#timings = timings;
    this.policy = policy;
    this.#byPhase = triggerListsOf(type, timings);
    this.lists = PHASES.map((phase) => this.#byPhase[phase]);
  }

  /** The firing under way. */
  get firing(): Firing | undefined {
    return this.#firing;
  }

  /** A firing is under way, or asked for as soon as it is over (C20). */
  get isFiring(): boolean {
    return this.#firing !== undefined || this.#again !== undefined;
  }

  /** Resolves when what is under way, or asked for, is over. */
  get underWay(): Promise<FiringReport> | undefined {
    return this.#firing === undefined ? this.#again?.promise : this.#promise;
  }

  /** Someone asked for one more firing (C20). */
  get isAsked(): boolean {
    return this.#again !== undefined;
  }

  add(phase: Phase, run: Trigger, options: TriggerOptions = ORDINARY): RegisteredTrigger {
    checkPhase(phase);
    checkFunction(run, 'The trigger');
    checkLength(options.timeout, 'The timeout');
    const isStartup = this.policy?.startFailed !== undefined;
    if (options.required === true && phase !== 'before' && !isStartup) {
      throw new TypeError('required is a veto, and only a before trigger can veto: register it in before');
    }
    const list = this.#byPhase[phase];
    if (this.policy?.hasPassed() === true || this.#hasPassed(phase)) {
      throw new PhasePassedError(
        `${phase} ${eventName(this.type)} has passed: register before it begins, ${isStartup ? 'or use callWhenRunning' : 'or in a later phase'}`,
      );
    }
    const trigger = new RegisteredTrigger(list, run, this.#env.debug ? located(options) : options);
    list.add(trigger);
    return trigger;
  }

  /** A phase of startup or shutdown whose triggers are no longer being started never comes again in this run (C17). */
  #hasPassed(phase: Phase): boolean {
    if (this.policy === undefined || this.#firing === undefined || this.#byPhase[phase].open) return false;
    return this.#firing.isCut || PHASES.indexOf(phase) < this.#firing.begun;
  }

  remove(handle: TriggerHandle): boolean {
    if (handle instanceof RegisteredTrigger) return this.lists.includes(handle.list) && handle.remove();
    return handle instanceof TriggerHandles && handle.triggers.filter((trigger) => this.remove(trigger)).length > 0;
  }

  /** Throws `EventAlreadyFiringError`, synchronously, when it is being fired (C20); never rejects. */
  fire(detail: unknown, options: FireOptions = ORDINARY): Promise<FiringReport> {
    if (options.limits !== undefined) checkLimits(options.limits);
    if (!this.isFiring) return this.#launch(detail, options);
    if (options.whenFiring !== 'again') {
      throw new EventAlreadyFiringError(
        `${eventName(this.type)} is being fired: wait for that firing, or pass { whenFiring: 'again' } to fire once more after it`,
      );
    }
    this.#again ??= deferred(detail, options);
    this.#again.detail = detail;
    this.#again.options = options;
    return this.#again.promise;
  }

  /** Fires it for the reactor or its host, which have seen to it that it is not being fired. */
  launch(detail: unknown, settings: FiringSettings): Promise<FiringReport> {
    return this.#launch(detail, ORDINARY, settings);
  }

  #launch(detail: unknown, options: FireOptions, settings: FiringSettings = ORDINARY): Promise<FiringReport> {
    const limits = options.limits === undefined ? this.#limits : { ...this.#limits, ...options.limits };
    const firing = new Firing(this.#env, this, detail, limits, options.timings ?? this.#timings, settings);
    this.#firing = firing;
    firing.begin();
    // Of this firing alone: one of its triggers may have ended it and fired the event again (C31).
    if (firing.report !== undefined) return Promise.resolve(firing.report);
    return (this.#promise = new Promise((resolve) => {
      this.#settle = resolve;
    }));
  }

  /** Of the firing under way. */
  ended(firing: Firing, report: FiringReport): void {
    const settle = this.#settle;
    this.#firing = this.#promise = this.#settle = undefined;
    if (this.#again !== undefined) this.#fireAgain(this.#again);
    firing.settings.over?.(report);
    settle?.(report);
  }

  /** The run is over: what is under way ends where it is, and what was asked for next ends before it begins (C30). */
  abandon(reason: unknown, error?: Error): void {
    this.#firing?.abandon(reason, error);
    const again = this.#again;
    if (again === undefined) return;
    this.#again = undefined;
    again.settle(this.#launch(again.detail, again.options, { cut: { reason } }));
  }

  /** In a microtask: an event that asks for itself from its own triggers must not fill the stack. */
  #fireAgain(again: Again): void {
    void Promise.resolve().then(() => {
      // A terminal firing does not wait: the one that was asked for comes after it (C20, C32).
      if (this.#again !== again || this.#firing !== undefined) return;
      this.#again = undefined;
      again.settle(this.#launch(again.detail, again.options));
    });
  }
}

function deferred(detail: unknown, options: FireOptions): Again {
  let settle: Again['settle'] = () => undefined;
  const promise: Promise<FiringReport> = new Promise((resolve) => {
    settle = resolve;
  });
  return { promise, settle, detail, options };
}

/**
 * The three-phase engine without a reactor; Twisted's `_ThreePhaseEvent`. Time limits and timings need a `clock`: asked for without one, `TypeError`.
 */
export class ThreePhaseEvent<D = unknown> {
  readonly #event: SystemEvent;
  readonly #clock: Clock | undefined;

  constructor(
    type: unknown,
    options: {
      readonly clock?: Clock;
      readonly onError?: OnError;
      readonly limits?: Limits;
      readonly timings?: boolean;
    } = {},
  ) {
    const { clock, onError, limits, timings = false } = options;
    this.#clock = clock;
    this.#needClock(timings || limits !== undefined);
    checkLimits(limits);
    const env: Environment = {
      now: () => clock?.now() ?? 0,
      after: (ms, fn) => {
        if (clock === undefined) throw new TypeError(NEEDS_CLOCK);
        return clock.callLater(ms, fn);
      },
      report: (error, source) => {
        reportTo(onError, { console: hostConsole() }, hostConsole(), error, source);
      },
      observer: undefined,
      notify: () => undefined,
      debug: false,
    };
    this.#event = new SystemEvent(type, env, limits, timings);
  }

  /** What it was constructed with: a name for reports and messages, of any type. */
  get type(): unknown {
    return this.#event.type;
  }

  /** Whether a firing is under way, or asked for with `whenFiring: 'again'` (C20). */
  get isFiring(): boolean {
    return this.#event.isFiring;
  }

  /** Registers a trigger for one phase (C6); throws `InvalidPhaseError` or `TypeError`, and nothing is registered. */
  addTrigger(phase: Phase, trigger: Trigger<D>, options?: TriggerOptions): TriggerHandle {
    this.#needClock(options?.timeout !== undefined);
    return this.#event.add(phase, trigger as Trigger, options); // as: the engine does not know D
  }

  /** Takes a trigger out; `UnknownTriggerError` when it is not here (C19). */
  removeTrigger(handle: TriggerHandle): void {
    if (!this.#event.remove(handle)) throw unknownTrigger();
  }

  /** Runs the three phases (C9–C18). Throws `EventAlreadyFiringError` synchronously (C20); the promise never rejects. */
  fire(...args: FireArguments<D>): Promise<FiringReport> {
    const [detail, options] = args;
    this.#needClock(options?.timings === true || options?.limits !== undefined);
    return this.#event.fire(detail, options);
  }

  #needClock(needed: boolean): void {
    if (needed && this.#clock === undefined) throw new TypeError(NEEDS_CLOCK);
  }
}

const NEEDS_CLOCK = 'Time limits and timings need a clock: pass { clock } to the event, any reactor is one';

export function unknownTrigger(): UnknownTriggerError {
  return new UnknownTriggerError(
    'No such trigger is registered here: it was removed, has run, or belongs elsewhere; handle.remove() forgives that',
  );
}
