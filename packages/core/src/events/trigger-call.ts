import type { Phase, TriggerContext } from '../ground/events.ts';
import { createAbortController, type AbortControllerLike, type HostAbortSignal } from '../ground/host.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import type { TriggerOutcome } from '../ground/observer.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { RegisteredTrigger } from './trigger.ts';

/** The reason of an abort. An object, since the reason itself may be undefined. */
export interface Aborted {
  readonly reason: unknown;
}

/** The part of a firing that a call reads. */
export interface TriggerCallOwner {
  readonly detail: unknown;
  readonly terminal: boolean;
  /** Set when every signal of the firing is aborted. */
  readonly aborted: Aborted | undefined;
  /** Milliseconds until the firing goes on without the call. */
  remaining(call: TriggerCall): number;
}

/** What is noted of a call that has a timeout, is pending, or whose times are wanted. Milliseconds on the clock of its firing. */
export interface CallTiming {
  readonly start: number;
  end: number;
  /** `abandoned` until it has ended. */
  outcome: TriggerOutcome;
  isPending: boolean;
  /** The timer of its own timeout, while it is pending. */
  timer: Disposable | undefined;
  /** It is a service that was called after the triggers of the phase, since it had waited for another one (C66). */
  isLate: boolean;
}

/**
 * One call of a trigger. It is the context that the trigger gets as its argument (C21), and also holds the data of the firing about the
 * call, so that a synchronous call allocates one small object. The methods for the firing are static, so that a trigger can't call them
 * on its context.
 */
export class TriggerCall implements TriggerContext {
  readonly #owner: TriggerCallOwner;
  readonly #trigger: RegisteredTrigger;
  #controller: AbortControllerLike | undefined;
  #timing: CallTiming | undefined;

  static {
    keepHiddenClass(new TriggerCall(undefined as never, undefined as never)); // as: it is never read
  }

  constructor(owner: TriggerCallOwner, trigger: RegisteredTrigger) {
    this.#owner = owner;
    this.#trigger = trigger;
  }

  get event(): unknown {
    return this.#trigger.event;
  }

  get phase(): Phase {
    return this.#trigger.phase;
  }

  get name(): string {
    return this.#trigger.name;
  }

  get detail(): unknown {
    return this.#owner.detail;
  }

  get terminal(): boolean {
    return this.#owner.terminal;
  }

  get signal(): HostAbortSignal {
    this.#controller ??= createAbortController();
    const { aborted } = this.#owner;
    if (aborted !== undefined) this.#controller.abort(aborted.reason);
    return this.#controller.signal;
  }

  /** A getter, so that `const { remaining } = context` works, as for the other members (C21). */
  get remaining(): () => number {
    return () => (this.#controller?.signal.aborted === true ? 0 : this.#owner.remaining(this));
  }

  static triggerOf(call: TriggerCall): RegisteredTrigger {
    return call.#trigger;
  }

  static abort(call: TriggerCall, reason: unknown): void {
    call.#controller ??= createAbortController();
    call.#controller.abort(reason);
  }

  /** Notes when it was called, unless that is noted already. */
  static noteStart(call: TriggerCall, deps: FiringDeps): TriggerCall {
    if (call.#timing === undefined) {
      const now = deps.now();
      call.#timing = { start: now, end: now, outcome: 'abandoned', isPending: false, timer: undefined, isLate: false };
    }
    return call;
  }

  static noteEnd(call: TriggerCall, now: number, outcome: TriggerOutcome): void {
    const timing = TriggerCall.timingOf(call);
    timing.end = now;
    timing.outcome = outcome;
  }

  static isPending(call: TriggerCall): boolean {
    return call.#timing?.isPending === true;
  }

  static isLate(call: TriggerCall): boolean {
    return call.#timing?.isLate === true;
  }

  /** Undefined before `noteStart`. */
  static startOf(call: TriggerCall): number | undefined {
    return call.#timing?.start;
  }

  /** Only after `noteStart`. */
  static timingOf(call: TriggerCall): CallTiming {
    return call.#timing as CallTiming; // as: see above
  }
}
