import type { FiringDeps } from './firing-deps.ts';
import { PHASES, type Phase } from '../ground/events.ts';
import type { ObservedStep, TriggerOutcome } from '../ground/observer.ts';
import { TriggerCall } from './trigger-call.ts';

/** Is called at each step of one firing: for its timings, for the observer of the reactor, or for both. */
export interface Watcher {
  firing(step: ObservedStep, time?: number): void;
  phase(step: ObservedStep, phase: Phase): void;
  /** `outcome` is set when the call has ended. */
  trigger(step: ObservedStep, call: TriggerCall, outcome?: TriggerOutcome, error?: unknown): void;
}

/** The times and the outcome of one call. Milliseconds on the clock of its firing. */
export interface Timing {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly outcome: TriggerOutcome;
}

/** When the calls of a firing began and ended (C15). */
export class FiringTimings implements Watcher {
  readonly #deps: FiringDeps;
  readonly #calls: Readonly<Record<Phase, TriggerCall[]>> = { before: [], during: [], after: [] };

  constructor(deps: FiringDeps) {
    this.#deps = deps;
  }

  firing(): void {
    // The report has the times of the firing.
  }

  phase(): void {
    // A phase lasts from its first call to its last end.
  }

  trigger(step: ObservedStep, call: TriggerCall, outcome?: TriggerOutcome): void {
    if (step === 'start') {
      this.#calls[call.phase].push(call);
      TriggerCall.began(call, this.#deps.now());
    } else if (outcome !== undefined) TriggerCall.ended(call, this.#deps.now(), outcome);
  }

  /** The calls of each phase, in the order in which they began. */
  phases(): Timing[][] {
    return PHASES.map((phase) =>
      this.#calls[phase].flatMap((call) => {
        const timing = TriggerCall.timingOf(call);
        return timing === undefined ? [] : { name: call.name, ...timing };
      }),
    );
  }
}

/** Tells the observer of the reactor (C46). */
class ObserverWatcher implements Watcher {
  readonly #deps: FiringDeps;
  readonly #event: unknown;

  constructor(deps: FiringDeps, event: unknown) {
    this.#deps = deps;
    this.#event = event;
  }

  firing(step: ObservedStep, time?: number): void {
    const deps = this.#deps;
    if (deps.observer?.firing) deps.notify('firing', step, { event: this.#event, time: time ?? deps.now() });
  }

  phase(step: ObservedStep, phase: Phase): void {
    const deps = this.#deps;
    if (deps.observer?.phase) deps.notify('phase', step, { event: this.#event, time: deps.now(), phase });
  }

  trigger(step: ObservedStep, { phase, name }: TriggerCall, outcome?: TriggerOutcome, error?: unknown): void {
    const deps = this.#deps;
    if (!deps.observer?.trigger) return;
    deps.notify('trigger', step, {
      event: this.#event,
      time: deps.now(),
      phase,
      name,
      ...(outcome !== undefined && { outcome }),
      ...(error !== undefined && { error }),
    });
  }
}

/** Calls two watchers. */
class WatcherPair implements Watcher {
  readonly #first: Watcher;
  readonly #second: Watcher;

  constructor(first: Watcher, second: Watcher) {
    this.#first = first;
    this.#second = second;
  }

  firing(step: ObservedStep, time?: number): void {
    this.#first.firing(step, time);
    this.#second.firing(step, time);
  }

  phase(step: ObservedStep, phase: Phase): void {
    this.#first.phase(step, phase);
    this.#second.phase(step, phase);
  }

  trigger(step: ObservedStep, call: TriggerCall, outcome?: TriggerOutcome, error?: unknown): void {
    this.#first.trigger(step, call, outcome, error);
    this.#second.trigger(step, call, outcome, error);
  }
}

/** The watcher of a firing. Most firings have none. */
export function watcherOf(deps: FiringDeps, event: unknown, timings: FiringTimings | undefined): Watcher | undefined {
  if (deps.observer === undefined) return timings;
  const observer = new ObserverWatcher(deps, event);
  return timings === undefined ? observer : new WatcherPair(timings, observer);
}
