import type { Limits, Phase } from '../ground/events.ts';
import type { FiringDeps } from './firing-deps.ts';
import { dispose } from '../ground/host.ts';
import { eventName } from '../ground/event-name.ts';
import { TriggerCall } from './trigger-call.ts';

/** A trigger that was called late, since it waited for another, may pend this long in milliseconds, whatever its phase has left (C66). */
const LATE_MS = 500;

/** A firing as its limits see it. */
export interface LimitedFiring {
  readonly pending: ReadonlySet<TriggerCall>;
  /** Reports these calls and goes on without them. */
  timeOut(calls: readonly TriggerCall[]): void;
  /** The deadline has passed. */
  expire(what: string): void;
}

/** The time limits of one firing: of single triggers, of each phase, and of the whole (C22, C66). They are armed when something pends. */
export class FiringLimits {
  readonly #deps: FiringDeps;
  readonly #firing: LimitedFiring;
  readonly #event: unknown;
  readonly #limits: Limits;
  readonly #start: number;
  #phaseStart = NaN;
  #deadline: Disposable | undefined;
  #phaseLimit: Disposable | undefined;
  /** Milliseconds that a late call of the phase under way may pend; `Infinity` where the phase has no limit. */
  #lateMs = Infinity;
  /** Of the calls that have a timeout of their own. */
  readonly #timeouts: Map<TriggerCall, Disposable> = new Map();
  /** Calls of the phase under way that began after its beginning, since they waited for others. */
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
  }

  /** The phase has to wait. */
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
    this.#limitPhase(this.#phaseStart + limit);
  }

  /** A call with a timeout pends. */
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

  phaseEnded(): void {
    this.#phaseLimit?.[dispose]();
    this.#phaseLimit = undefined;
  }

  ended(): void {
    this.#deadline?.[dispose]();
    this.#phaseLimit?.[dispose]();
  }

  #limitPhase(time: number): void {
    this.#phaseLimit = this.#at(time, () => {
      const now = this.#deps.now();
      this.phaseEnded();
      this.#firing.timeOut([...this.#firing.pending].filter((call) => this.#lateUntil(call) <= now));
      this.#limitRest();
    });
  }

  /** Others may pend by now. Or the phase has ended: then the next one has its own limit, or none. */
  #limitRest(): void {
    if (this.#phaseLimit !== undefined || this.#lateMs === Infinity) return;
    let next = Infinity;
    for (const call of this.#firing.pending) next = Math.min(next, this.#lateUntil(call));
    if (next !== Infinity) this.#limitPhase(next);
  }

  #lateUntil(call: TriggerCall): number {
    return this.#late.has(call) ? TriggerCall.startOf(call) + this.#lateMs : -Infinity;
  }

  #at(time: number, fn: () => void): Disposable {
    return this.#deps.after(Math.max(0, time - this.#deps.now()), fn);
  }
}
