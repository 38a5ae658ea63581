import { checkFunction } from '../ground/check-function.ts';
import { checkPhase, takeLimits } from '../ground/checks.ts';
import { EventAlreadyFiringError, PhasePassedError, UnknownTriggerError } from '../ground/errors.ts';
import {
  PHASES,
  type FireOptions,
  type Limits,
  type Phase,
  type Trigger,
  type TriggerHandle,
} from '../ground/events.ts';
import type { ContextRunner, FiringDeps } from './firing-deps.ts';
import type { FiringReport } from './firing-report.ts';
import type { FiredEvent, FiringPolicy, FiringSettings } from './fired-event.ts';
import { Firing } from './firing.ts';
import { eventName } from '../ground/event-name.ts';
import { located, RegisteredTrigger, TriggerHandles, TriggerList, type Registration } from './trigger.ts';

/** No options at all. */
const ORDINARY: FireOptions & FiringSettings = Object.freeze({});

/** The maximum number of firings that follow one another in microtasks, so that the host gets to its own work (C20). */
const MAX_IN_ROW = 1_000;

/** A firing that was asked for while one is under way. */
interface NextFiring {
  readonly promise: Promise<FiringReport>;
  readonly settle: (report: FiringReport | PromiseLike<FiringReport>) => void;
  /** In the async context of whoever asked first (N3). */
  readonly inContext: ContextRunner | undefined;
  detail: unknown;
  options: FireOptions;
}

/** One event type: its triggers, the firing under way, and the one that was asked for next. The engine behind every event of a reactor. */
export class SystemEvent implements FiredEvent {
  readonly type: unknown;
  readonly policy: FiringPolicy | undefined;
  readonly lists: readonly TriggerList[];
  readonly #deps: FiringDeps;
  readonly #limits: Limits | undefined;
  readonly #isTimed: boolean;
  #firing: Firing | undefined;
  #next: NextFiring | undefined;
  /** Number of firings that followed another one in a microtask. */
  #inRow = 0;

  constructor(type: unknown, deps: FiringDeps, limits: Limits | undefined, isTimed: boolean, policy?: FiringPolicy) {
    this.type = type;
    this.#deps = deps;
    this.#limits = limits;
    this.#isTimed = isTimed;
    this.policy = policy;
    this.lists = PHASES.map((phase) => new TriggerList(type, phase));
  }

  /** The firing under way. */
  get firing(): Firing | undefined {
    return this.#firing;
  }

  /** A firing is under way, or asked for next (C20). */
  get isFiring(): boolean {
    return this.#firing !== undefined || this.#next !== undefined;
  }

  /** Resolves when what is under way, or asked for next, is over. */
  get underWay(): Promise<FiringReport> | undefined {
    return this.#firing === undefined ? this.#next?.promise : this.#firing.promise;
  }

  /** One more firing was asked for (C20). */
  get isAsked(): boolean {
    return this.#next !== undefined;
  }

  /** Throws `InvalidPhaseError`, `TypeError` or `PhasePassedError`; then nothing is registered (C6, C17). */
  add(phase: Phase, run: Trigger, options: Registration): RegisteredTrigger {
    checkPhase(phase);
    checkFunction(run, 'The trigger');
    const isStartup = this.policy?.startFailed !== undefined;
    if (options.required === true && phase !== 'before' && !isStartup) {
      throw new TypeError('required is a veto, and only a before trigger can veto: register it in before');
    }
    const list = this.#listOf(phase);
    if (this.policy?.hasPassed() === true || this.#hasPassed(phase)) {
      throw new PhasePassedError(
        `${phase} ${eventName(this.type)} has passed: register before it begins, ${isStartup ? 'or use callWhenRunning' : 'or in a later phase'}`,
      );
    }
    const trigger = new RegisteredTrigger(list, run, this.#deps.debug ? located(options) : options);
    list.add(trigger);
    return trigger;
  }

  /** A phase of startup or shutdown that has been opened and is closed again does not come again in this run (C17). */
  #hasPassed(phase: Phase): boolean {
    if (this.policy === undefined || this.#firing === undefined || this.#listOf(phase).isOpen) return false;
    return this.#firing.isCut || PHASES.indexOf(phase) < this.#firing.begun;
  }

  remove(handle: TriggerHandle): boolean {
    if (handle instanceof RegisteredTrigger) return this.lists.includes(handle.list) && handle.remove();
    return handle instanceof TriggerHandles && handle.triggers.filter((trigger) => this.remove(trigger)).length > 0;
  }

  #listOf(phase: Phase): TriggerList {
    return this.lists[PHASES.indexOf(phase)] as TriggerList; // as: there is one for each phase
  }

  /** Throws `EventAlreadyFiringError`, synchronously, when it is being fired (C20); never rejects. */
  fire(detail: unknown, given: FireOptions = ORDINARY): Promise<FiringReport> {
    const { limits, whenFiring, timings } = given;
    const options = given === ORDINARY ? given : ({ limits: takeLimits(limits), timings } as FireOptions); // as: undefined is as good as none
    if (!this.isFiring) {
      this.#inRow = 0;
      return this.#launch(detail, options);
    }
    if (whenFiring !== 'again') {
      throw new EventAlreadyFiringError(
        `${eventName(this.type)} is being fired: wait for that firing, or pass { whenFiring: 'again' } to fire once more after it`,
      );
    }
    this.#next ??= nextFiring(detail, options, this.#deps.captureContext());
    this.#next.detail = detail;
    this.#next.options = options;
    return this.#next.promise;
  }

  /** Fires it for the reactor or its host, which see to it that it is not being fired. */
  launch(detail: unknown, settings: FiringSettings): Promise<FiringReport> {
    return this.#launch(detail, ORDINARY, settings);
  }

  #launch(
    detail: unknown,
    { limits, timings }: FireOptions,
    settings: FiringSettings = ORDINARY,
  ): Promise<FiringReport> {
    const merged = limits === undefined ? this.#limits : { ...this.#limits, ...limits };
    const firing = new Firing(this.#deps, this, detail, merged, timings ?? this.#isTimed, settings);
    this.#firing = firing;
    try {
      firing.begin();
    } catch (error) {
      this.#firing = undefined; // the stack is full: nothing else is thrown here. The caller hears of it
      throw error;
    }
    return firing.promise;
  }

  /** Called by the firing under way. */
  ended(): void {
    this.#firing = undefined;
    if (this.#next !== undefined) this.#fireNext(this.#next);
  }

  /** The run is over: the firing under way ends where it is, and the next one ends before it begins (C30). */
  abandon(reason: unknown, error?: Error): void {
    this.#firing?.abandon(reason, error);
    const next = this.#next;
    if (next === undefined) return;
    this.#next = undefined;
    next.settle(this.#launch(next.detail, next.options, { cut: { reason } }));
  }

  /** In a microtask, and now and then in a macrotask: an event that always asks for itself must not keep the host from its own work. */
  #fireNext(next: NextFiring): void {
    const fire = (): void => {
      // A terminal firing does not wait: the one that was asked for comes after it (C20, C32).
      if (this.#next !== next || this.#firing !== undefined) return;
      this.#next = undefined;
      next.settle(this.#launch(next.detail, next.options));
    };
    const inContext = (): void => {
      if (next.inContext === undefined) fire();
      else next.inContext(fire);
    };
    if (++this.#inRow < MAX_IN_ROW) void Promise.resolve().then(inContext);
    else {
      this.#inRow = 0;
      this.#deps.after(0, inContext);
    }
  }
}

function nextFiring(detail: unknown, options: FireOptions, inContext: ContextRunner | undefined): NextFiring {
  let settle: NextFiring['settle'] = () => undefined;
  const promise: Promise<FiringReport> = new Promise((resolve) => {
    settle = resolve;
  });
  return { promise, settle, inContext, detail, options };
}

export function unknownTrigger(): UnknownTriggerError {
  return new UnknownTriggerError(
    'No such trigger is registered here: it was removed, has run, or belongs elsewhere; handle.remove() forgives that',
  );
}
