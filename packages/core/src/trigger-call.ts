import type { Phase, TriggerContext } from './events.ts';
import type { Firing } from './firing.ts';
import { createAbortController, type AbortControllerLike, type HostAbortSignal } from './host.ts';
import { keepShape } from './shape.ts';
import type { RegisteredTrigger } from './trigger.ts';

/** That a signal is aborted, and why; the reason may be undefined. */
export interface Aborted {
  readonly reason: unknown;
}

/** What is called; not a property, since programs are given the context. */
let triggerOf: (call: TriggerCall) => RegisteredTrigger;

/** The context of one call of a trigger (C21): all that a synchronous firing makes for a trigger, so it is small. */
export class TriggerCall implements TriggerContext {
  readonly #firing: Firing;
  readonly #trigger: RegisteredTrigger;
  #controller: AbortControllerLike | undefined;

  static {
    keepShape(new TriggerCall(undefined as never, undefined as never)); // as: it is never read
    triggerOf = (call) => call.#trigger;
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

/** A call whose promise pends: it holds the barrier of its phase (C10). There may be very many at once (benchmark: P10). */
export class PendingTrigger {
  readonly context: TriggerCall;
  /** When it was called; undefined where the timings of the phase say it. */
  readonly startedAt: number | undefined;
  /** Its number in the timings of the phase. */
  readonly timing: number | undefined;
  settled = false;

  static {
    keepShape(new PendingTrigger(undefined as never, undefined, undefined)); // as: it is never read
  }

  constructor(context: TriggerCall, startedAt: number | undefined, timing: number | undefined) {
    this.context = context;
    this.startedAt = startedAt;
    this.timing = timing;
  }

  get trigger(): RegisteredTrigger {
    return triggerOf(this.context);
  }
}
