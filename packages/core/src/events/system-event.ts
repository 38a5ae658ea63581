import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkOneOf } from '../ground/check-one-of.ts';
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
import { withStack, RegisteredTrigger, TriggerHandles, TriggerList, type Registration } from './trigger.ts';

/** Shared by the many firings without options or without settings. */
const NO_OPTIONS: FireOptions & FiringSettings = Object.freeze({});

/** The maximum number of firings in a row that begin in microtasks. The next one waits for a macrotask, so that the host can work (C20). */
const MAX_IN_ROW = 1_000;

/** A firing that was requested while another one was under way. */
interface NextFiring {
  readonly promise: Promise<FiringReport>;
  readonly settle: (report: FiringReport | PromiseLike<FiringReport>) => void;
  /** Calls a function in the async context of the code that requested it first (N3). */
  readonly inContext: ContextRunner | undefined;
  detail: unknown;
  options: FireOptions;
}

/** One event type: its triggers, the firing under way, and the next firing if one was requested. Every event of a reactor is one. */
export class SystemEvent implements FiredEvent {
  readonly type: unknown;
  readonly policy: FiringPolicy | undefined;
  readonly lists: readonly TriggerList[];
  readonly #deps: FiringDeps;
  readonly #limits: Limits | undefined;
  readonly #hasTimings: boolean;
  readonly #underWay: Set<SystemEvent> | undefined;
  #firing: Firing | undefined;
  #next: NextFiring | undefined;
  /** How many firings in a row began in a microtask. */
  #inRow = 0;

  /** `underWay`: a set that has this event while a firing of it is under way or requested. */
  constructor(
    type: unknown,
    deps: FiringDeps,
    limits: Limits | undefined,
    hasTimings: boolean,
    policy?: FiringPolicy,
    underWay?: Set<SystemEvent>,
  ) {
    this.type = type;
    this.#deps = deps;
    this.#limits = limits;
    this.#hasTimings = hasTimings;
    this.policy = policy;
    this.#underWay = underWay;
    this.lists = PHASES.map((phase) => new TriggerList(type, phase));
  }

  /** The firing under way. */
  get firing(): Firing | undefined {
    return this.#firing;
  }

  /** A firing is under way or requested (C20). */
  get isFiring(): boolean {
    return this.#firing !== undefined || this.#next !== undefined;
  }

  /** Resolves when the firing under way is over, or the next one if none is under way. */
  get whenOver(): Promise<FiringReport> | undefined {
    return this.#firing === undefined ? this.#next?.promise : this.#firing.promise;
  }

  /** Another firing was requested (C20). */
  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  /** Throws `InvalidPhaseError`, `TypeError` or `PhasePassedError`; then nothing is registered (C6, C17). */
  add(phase: Phase, run: Trigger, options: Registration): RegisteredTrigger {
    checkPhase(phase);
    checkFunction(run, 'The trigger');
    const isStartup = this.policy?.startFailed !== undefined;
    if (options.required === true && !isStartup) {
      if (this.policy !== undefined)
        throw new TypeError('shutdown cannot be vetoed: register the trigger without required');
      if (phase !== 'before')
        throw new TypeError(
          `required: true is a veto, which only before triggers have (this one is for ${phase}): register it in before`,
        );
    }
    const index = PHASES.indexOf(phase);
    const list = this.lists[index] as TriggerList; // as: there is one for each phase
    if (this.#hasPassed(index, list)) {
      throw new PhasePassedError(
        `${phase} ${eventName(this.type)} has passed: register before it begins, ${isStartup ? 'or use callWhenRunning' : 'or in a later phase'}`,
      );
    }
    const trigger = new RegisteredTrigger(list, run, this.#deps.debug ? withStack(options) : options);
    list.add(trigger);
    return trigger;
  }

  /** Whether this phase of startup or shutdown has called its triggers already: it doesn't come again in this run (C17). */
  #hasPassed(index: number, list: TriggerList): boolean {
    if (this.policy === undefined) return false;
    if (this.policy.hasPassed()) return true;
    const firing = this.#firing;
    return firing !== undefined && !list.isOpen && (firing.isCut || index < firing.phasesBegun);
  }

  remove(handle: TriggerHandle): boolean {
    if (handle instanceof RegisteredTrigger) return this.lists.includes(handle.list) && handle.remove();
    return handle instanceof TriggerHandles && handle.triggers.filter((trigger) => this.remove(trigger)).length > 0;
  }

  /** Throws `EventAlreadyFiringError` synchronously if a firing is under way (C20). The promise never rejects. */
  fire(detail: unknown, given: FireOptions = NO_OPTIONS): Promise<FiringReport> {
    const options = given === NO_OPTIONS ? given : takeFireOptions(given);
    if (!this.isFiring) {
      this.#inRow = 0;
      return this.launch(detail, NO_OPTIONS, options);
    }
    if (options.whenFiring !== 'again') {
      throw new EventAlreadyFiringError(
        `${eventName(this.type)} is being fired: wait for that firing, or pass { whenFiring: 'again' } to fire once more after it`,
      );
    }
    this.#next ??= nextFiring(detail, options, this.#deps.captureContext());
    this.#next.detail = detail;
    this.#next.options = options;
    return this.#next.promise;
  }

  /** Fires it now. The caller makes sure that no firing is under way. */
  launch(
    detail: unknown,
    settings: FiringSettings,
    { limits, timings }: FireOptions = NO_OPTIONS,
  ): Promise<FiringReport> {
    const merged = limits === undefined ? this.#limits : { ...this.#limits, ...limits };
    const firing = new Firing(this.#deps, this, detail, merged, timings ?? this.#hasTimings, settings);
    try {
      this.#firing = firing;
      this.#underWay?.add(this);
      firing.begin();
    } catch (error) {
      // Only a stack overflow throws here. A call may overflow again, so what needs no call comes first.
      this.#firing = undefined;
      for (const list of this.lists) list.close();
      throw error;
    }
    return firing.promise;
  }

  /** Called by the firing under way. */
  ended(): void {
    this.#firing = undefined;
    if (this.#next !== undefined) this.#fireNext(this.#next);
    else this.#underWay?.delete(this);
  }

  /** The run is over: the firing under way ends at once, and a requested one ends without running a phase (C30). */
  abandon(reason: unknown, error?: Error): void {
    this.#firing?.abandon(reason, error);
    const next = this.#next;
    if (next === undefined) return;
    this.#next = undefined;
    next.settle(this.launch(next.detail, { cut: { reason } }, next.options));
  }

  /**
   * Fires in a microtask. After `MAX_IN_ROW` such firings in a row, the next one is in a macrotask: an event that requests itself each time
   * must not block the host.
   */
  #fireNext(next: NextFiring): void {
    const fire = (): void => {
      // A terminal firing has begun meanwhile: this one follows when that is over (C20, C32).
      if (this.#next !== next || this.#firing !== undefined) return;
      this.#next = undefined;
      next.settle(this.launch(next.detail, NO_OPTIONS, next.options));
    };
    const inContext = (): void => {
      if (next.inContext === undefined) fire();
      else next.inContext(fire);
    };
    if (++this.#inRow < MAX_IN_ROW) void Promise.resolve().then(inContext);
    else {
      this.#inRow = 0;
      this.#deps.soon(inContext);
    }
  }
}

const OPTIONS: readonly (keyof FireOptions)[] = ['limits', 'whenFiring', 'timings'];

/** Checks the options of a firing and copies them: each is read once (C65). */
export function takeFireOptions(options: FireOptions): FireOptions {
  checkKeys(options, OPTIONS, 'fire()');
  const { limits, whenFiring = 'throw', timings } = options;
  checkOneOf(whenFiring, ['throw', 'again'], 'The option whenFiring');
  return { limits: takeLimits(limits, 'limits'), whenFiring, timings } as FireOptions; // as: undefined means not given
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
    'No such trigger is registered here: it was removed, has run, or belongs elsewhere; use handle.remove(), which returns false then',
  );
}
