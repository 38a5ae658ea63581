import type { Phase } from '../ground/events.ts';
import type { ObservedStep, TriggerOutcome } from '../ground/observer.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { FiringRecord } from './firing-report.ts';
import { TriggerCall } from './trigger-call.ts';

/** Is called at each step of one firing: notes the times of its calls (C15), and tells the observer of the reactor (C46). */
export class Watcher {
  readonly #deps: FiringDeps;
  readonly #record: FiringRecord;

  constructor(deps: FiringDeps, record: FiringRecord) {
    this.#deps = deps;
    this.#record = record;
  }

  firing(step: ObservedStep, time?: number): void {
    const deps = this.#deps;
    if (deps.observer?.firing) deps.notify('firing', step, { event: this.#record.event, time: time ?? deps.now() });
  }

  phase(step: ObservedStep, phase: Phase): void {
    const deps = this.#deps;
    if (deps.observer?.phase) deps.notify('phase', step, { event: this.#record.event, time: deps.now(), phase });
  }

  /** `outcome` is set when the call has ended. */
  trigger(step: ObservedStep, call: TriggerCall, outcome?: TriggerOutcome, error?: unknown): void {
    const deps = this.#deps;
    const { event, calls } = this.#record;
    if (calls !== undefined) {
      if (step === 'start') calls.push(TriggerCall.noteStart(call, deps));
      else if (outcome !== undefined) TriggerCall.noteEnd(call, deps.now(), outcome);
    }
    if (!deps.observer?.trigger) return;
    const { phase, name } = call;
    deps.notify('trigger', step, {
      event,
      time: deps.now(),
      phase,
      name,
      ...(outcome !== undefined && { outcome }),
      ...(error !== undefined && { error }),
    });
  }
}
