import type { Phase, TriggerContext } from '../ground/events.ts';
import { createAbortController, type AbortControllerLike, type HostAbortSignal } from '../ground/host.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import type { TriggerOutcome } from '../ground/observer.ts';
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

/**
 * One call of a trigger. It is the context that the trigger gets as its argument (C21), and also holds the data of the firing about the
 * call, so that a synchronous call allocates one small object. The methods for the firing are static, so that a trigger can't call them
 * on its context.
 */
export class TriggerCall implements TriggerContext {
  readonly #owner: TriggerCallOwner;
  readonly #trigger: RegisteredTrigger;
  #controller: AbortControllerLike | undefined;
  /** When it was called and ended. Set only for calls with a timeout, pending calls, and with `timings` or an observer. */
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

  /** A getter, so that it can be taken out of the context as the other members can (C21). */
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

  /** Stores when it was called. Its outcome is `abandoned` until it has ended. */
  static began(call: TriggerCall, now: number): void {
    call.#timing = { start: now, end: now, outcome: 'abandoned' };
  }

  static ended(call: TriggerCall, now: number, outcome: TriggerOutcome): void {
    if (call.#timing === undefined) return;
    call.#timing.end = now;
    call.#timing.outcome = outcome;
  }

  /** Undefined if `began` was not called. */
  static timingOf(call: TriggerCall): Readonly<CallTiming> | undefined {
    return call.#timing;
  }

  static startOf(call: TriggerCall): number {
    return call.#timing?.start ?? NaN;
  }
}

/** When a call began and ended, in milliseconds on the clock of its firing. */
interface CallTiming {
  readonly start: number;
  end: number;
  outcome: TriggerOutcome;
}
