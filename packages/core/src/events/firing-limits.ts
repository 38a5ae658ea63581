import type { Limits, Phase } from '../ground/events.ts';
import type { FiringDeps } from './firing-deps.ts';
import { dispose } from '../ground/host.ts';
import { eventName } from '../ground/event-name.ts';
import { TriggerCall } from './trigger-call.ts';

/** Milliseconds that a service called late, since it waited for another one, may be pending, whatever its phase has left (C66). */
const LATE_MS = 500;

/** The part of a firing that its limits use. */
export interface LimitedFiring {
  readonly pending: ReadonlySet<TriggerCall>;
  /** All triggers of the phase have been called. */
  readonly isWaiting: boolean;
  /** Abandons these calls with a timeout error. */
  timeOut(calls: readonly TriggerCall[]): void;
  /** The deadline, named by `what`, has passed. */
  expire(what: string): void;
}

/** The time limits of one firing: of triggers, of phases, and of the whole (C22, C66). Timers are set only when a call is pending. */
export class FiringLimits {
  readonly #deps: FiringDeps;
  readonly #firing: LimitedFiring;
  readonly #event: unknown;
  readonly #limits: Limits;
  readonly #start: number;
  #phaseStart = NaN;
  /** When the limit of the phase under way passes; undefined until it has to wait. */
  #phaseEnd: number | undefined;
  #deadline: Disposable | undefined;
  #phaseLimit: Disposable | undefined;
  /** Milliseconds that a late call of the phase under way may be pending; `Infinity` if the phase has no limit. */
  #lateMs = Infinity;
  /** The timers of calls that have their own timeout. */
  readonly #timeouts: Map<TriggerCall, Disposable> = new Map();
  /** Late calls: they began after all triggers of the phase had been called, since they waited for other services. */
  readonly #late: Set<TriggerCall> = new Set();

  /** `start`: when the deadline begins to count. */
  constructor(deps: FiringDeps, firing: LimitedFiring, event: unknown, limits: Limits, start: number) {
    this.#deps = deps;
    this.#firing = firing;
    this.#event = event;
    this.#limits = limits;
    this.#start = start;
  }

  phaseBegan(): void {
    this.#lateMs = Infinity;
    this.#phaseStart = this.#deps.now();
    this.#phaseEnd = undefined;
  }

  /** The phase has to wait: sets the timers of the deadline and of the phase. */
  arm(phase: Phase): void {
    const { deadline = Infinity } = this.#limits;
    if (deadline !== Infinity) {
      this.#deadline ??= this.#at(this.#start + deadline, () => {
        this.#firing.expire(`The deadline of ${eventName(this.#event)} (${String(deadline)} ms)`);
      });
    }
    const limit = this.#limits[phase] ?? Infinity;
    if (limit === Infinity) return;
    this.#lateMs = Math.min(LATE_MS, limit);
    this.#phaseEnd = this.#phaseStart + limit;
    this.#limitPhase(this.#phaseEnd);
  }

  /** Milliseconds until the call times out, by the first of its limits (C69). */
  remaining(call: TriggerCall): number {
    const { options, kind } = TriggerCall.triggerOf(call);
    const { timeout = Infinity } = options;
    const { deadline = Infinity, [call.phase]: limit = Infinity } = this.#limits;
    const now = this.#deps.now();
    const noted = TriggerCall.startOf(call);
    const start = Number.isNaN(noted) ? now : noted; // in the synchronous part of most calls
    const isCalledLate = this.#firing.isWaiting && kind === 'service' && !this.#firing.pending.has(call);
    const lateUntil = isCalledLate || this.#late.has(call) ? start + this.#lateMs : -Infinity;
    const phaseEnd = limit === Infinity ? Infinity : Math.max(this.#phaseEnd ?? this.#phaseStart + limit, lateUntil);
    return Math.max(0, Math.min(start + timeout, phaseEnd, this.#start + deadline) - now);
  }

  /** A call with its own timeout is pending. */
  armTimeout(call: TriggerCall, timeout: number): void {
    if (timeout === Infinity) return;
    const timer = this.#at(TriggerCall.startOf(call) + timeout, () => {
      this.#firing.timeOut([call]);
    });
    this.#timeouts.set(call, timer);
  }

  calledLate(call: TriggerCall): void {
    this.#late.add(call);
  }

  settled(call: TriggerCall): void {
    this.#timeouts.get(call)?.[dispose]();
    this.#timeouts.delete(call);
    this.#late.delete(call);
  }

  clearPhaseLimit(): void {
    this.#phaseLimit?.[dispose]();
    this.#phaseLimit = undefined;
  }

  ended(): void {
    this.#deadline?.[dispose]();
    this.#phaseLimit?.[dispose]();
  }

  /** At `time`, all calls time out except late ones that have time left. */
  #limitPhase(time: number): void {
    this.#phaseLimit = this.#at(time, () => {
      const now = this.#deps.now();
      this.clearPhaseLimit();
      this.#firing.timeOut([...this.#firing.pending].filter((call) => this.#lateUntil(call) <= now));
      this.#limitLateCalls();
    });
  }

  /** Sets the timer for the late calls that are still pending. `timeOut` may have ended the phase: then the next one sets its own timer. */
  #limitLateCalls(): void {
    if (this.#phaseLimit !== undefined || this.#lateMs === Infinity) return;
    let next = Infinity;
    for (const call of this.#firing.pending) next = Math.min(next, this.#lateUntil(call));
    if (next !== Infinity) this.#limitPhase(next);
  }

  /** When a late call times out; for other calls `-Infinity`, the time of the phase limit has passed. */
  #lateUntil(call: TriggerCall): number {
    return this.#late.has(call) ? TriggerCall.startOf(call) + this.#lateMs : -Infinity;
  }

  #at(time: number, fn: () => void): Disposable {
    return this.#deps.after(Math.max(0, time - this.#deps.now()), fn);
  }
}
