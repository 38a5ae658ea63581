import { eventName } from '../ground/event-name.ts';
import type { Limits, Phase } from '../ground/events.ts';
import { dispose } from '../ground/host.ts';
import { expire, timeOut } from './firing-calls.ts';
import type { FiringState } from './firing-state.ts';
import { TriggerCall } from './trigger-call.ts';

/**
 * How long a service that is called late, since it waited for another one, may be pending, even if its phase has less time left (C66).
 * Milliseconds.
 */
const LATE_MS = 500;

/** The time limits of a firing: of its phases, and of the whole (C22, C66). Timers are set only when a phase has to wait. */
export class FiringLimits {
  readonly #state: FiringState;
  readonly #limits: Limits;
  readonly #start: number;
  #phaseStart = NaN;
  /** When the limit of the phase under way passes; undefined until it has to wait. */
  #phaseEnd: number | undefined;
  #deadline: Disposable | undefined;
  #phaseLimit: Disposable | undefined;
  /** Milliseconds that a late call of the phase under way may be pending; `Infinity` if the phase has no limit. */
  #lateMs = Infinity;

  /** `start`: when the deadline begins to count. */
  constructor(state: FiringState, limits: Limits, start: number) {
    this.#state = state;
    this.#limits = limits;
    this.#start = start;
  }

  phaseBegan(): void {
    this.#lateMs = Infinity;
    this.#phaseStart = this.#state.deps.now();
    this.#phaseEnd = undefined;
  }

  /** The phase has to wait. */
  arm(phase: Phase): void {
    const state = this.#state;
    const { deadline = Infinity, [phase]: limit = Infinity } = this.#limits;
    if (deadline !== Infinity)
      this.#deadline ??= state.at(this.#start + deadline, () => {
        expire(state, `The deadline of ${eventName(state.record.event)} (${String(deadline)} ms)`);
      });
    if (limit === Infinity) return;
    this.#lateMs = Math.min(LATE_MS, limit);
    this.#phaseEnd = this.#phaseStart + limit;
    this.#limitPhase(this.#phaseEnd);
  }

  /** When the call is abandoned, by the limits of its phase and of the firing (C69). `start`: when it was called. */
  endOf(call: TriggerCall, start: number): number {
    const { kind } = TriggerCall.triggerOf(call);
    const { deadline = Infinity, [call.phase]: limit = Infinity } = this.#limits;
    // Until its function returns, a late call isn't pending, and isn't noted as late.
    const isBeingCalledLate = !TriggerCall.isPending(call) && this.#state.isCalledLate(kind);
    const lateUntil = isBeingCalledLate || TriggerCall.isLate(call) ? start + this.#lateMs : -Infinity;
    const phaseEnd = limit === Infinity ? Infinity : Math.max(this.#phaseEnd ?? this.#phaseStart + limit, lateUntil);
    return Math.min(phaseEnd, this.#start + deadline);
  }

  phaseEnded(): void {
    this.#phaseLimit?.[dispose]();
    this.#phaseLimit = undefined;
  }

  firingEnded(): void {
    this.#deadline?.[dispose]();
    this.phaseEnded();
  }

  /** At `time`, all calls time out except late ones that have time left. */
  #limitPhase(time: number): void {
    const state = this.#state;
    this.#phaseLimit = state.at(time, () => {
      const now = state.deps.now();
      this.phaseEnded();
      timeOut(
        state,
        state.pending().filter((call) => this.#lateUntil(call) <= now),
      );
      // That may have ended the phase: then the next one has set its own timer.
      if (this.#phaseLimit !== undefined || this.#lateMs === Infinity) return;
      let next = Infinity;
      for (const call of state.pending()) next = Math.min(next, this.#lateUntil(call));
      if (next !== Infinity) this.#limitPhase(next);
    });
  }

  /** When a late call times out. For other calls `-Infinity`: they time out as soon as the limit of the phase has passed. */
  #lateUntil(call: TriggerCall): number {
    const { isLate, start } = TriggerCall.timingOf(call);
    return isLate ? start + this.#lateMs : -Infinity;
  }
}
