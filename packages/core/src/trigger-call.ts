import type { Phase, TriggerContext } from './events.ts';
import type { Firing } from './firing.ts';
import { createAbortController, type AbortControllerLike, type HostAbortSignal } from './host.ts';
import { keepShape } from './shape.ts';
import type { RegisteredTrigger } from './trigger.ts';

/** That a signal is aborted, and why; the reason may be undefined. */
export interface Aborted {
  readonly reason: unknown;
}

/** The context of one call of a trigger (C21): all that a synchronous firing makes for a trigger, so it is small. */
export class TriggerCall implements TriggerContext {
  readonly #firing: Firing;
  readonly #trigger: RegisteredTrigger;
  #controller: AbortControllerLike | undefined;

  static {
    keepShape(new TriggerCall(undefined as never, undefined as never)); // as: it is never read
  }

  constructor(firing: Firing, trigger: RegisteredTrigger) {
    this.#firing = firing;
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
    return this.#firing.detail;
  }

  get terminal(): boolean {
    return this.#firing.terminal;
  }

  get signal(): HostAbortSignal {
    this.#controller ??= createAbortController();
    const { aborted } = this.#firing;
    if (aborted !== undefined) this.#controller.abort(aborted.reason);
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller ??= createAbortController();
    this.#controller.abort(reason);
  }
}

/** A call whose promise pends: it holds the barrier of its phase (C10). */
export class PendingTrigger {
  readonly trigger: RegisteredTrigger;
  readonly context: TriggerCall;
  readonly startedAt: number;
  /** Its number in the timings of the phase. */
  readonly timing: number | undefined;
  settled = false;
  timer: Disposable | undefined;

  static {
    keepShape(new PendingTrigger(undefined as never, undefined as never, NaN, undefined)); // as: it is never read
  }

  constructor(trigger: RegisteredTrigger, context: TriggerCall, startedAt: number, timing: number | undefined) {
    this.trigger = trigger;
    this.context = context;
    this.startedAt = startedAt;
    this.timing = timing;
  }
}
