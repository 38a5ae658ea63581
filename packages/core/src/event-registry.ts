import type { Environment } from './environment.ts';
import { PHASES, type Limits, type Phases, type Trigger, type TriggerHandle, type TriggerOptions } from './events.ts';
import type { FiringPolicy } from './firing.ts';
import { SystemEvent, unknownTrigger } from './system-event.ts';
import { checkLimits, checkPhases, TriggerHandles, type RegisteredTrigger } from './trigger.ts';
import { eventName } from './event-name.ts';

/** The events of a reactor by type, made on first use (C7). */
export class EventRegistry {
  readonly #env: Environment;
  readonly #limits: Readonly<Record<PropertyKey, Limits>>;
  readonly #timings: boolean | undefined;
  readonly #events: Map<unknown, SystemEvent> = new Map();

  constructor(env: Environment, limits: Readonly<Record<PropertyKey, Limits>> = {}, timings?: boolean) {
    for (const type of Reflect.ownKeys(limits)) checkLimits(limits[type]);
    this.#env = env;
    this.#limits = limits;
    this.#timings = timings;
  }

  /** An event of the reactor's own life: timed unless the reactor says otherwise (C15). */
  reserve(type: string, policy: FiringPolicy): SystemEvent {
    const event = new SystemEvent(type, this.#env, this.limitsOf(type), this.#timings ?? true, policy);
    this.#events.set(type, event);
    return event;
  }

  /** The event of this type, new or known. */
  event(type: unknown): SystemEvent {
    let event = this.#events.get(type);
    if (event === undefined) {
      event = new SystemEvent(type, this.#env, this.limitsOf(type), this.#timings ?? false);
      this.#events.set(type, event);
    }
    return event;
  }

  isFiring(type: unknown): boolean {
    return this.#events.get(type)?.isFiring ?? false;
  }

  hasTriggers(type: unknown): boolean {
    return this.#events.get(type)?.lists.some(({ slots }) => slots.some((trigger) => trigger !== undefined)) ?? false;
  }

  all(): Iterable<SystemEvent> {
    return this.#events.values();
  }

  /** A function for `during`, or an object of phases (C53). */
  register(type: unknown, trigger: Trigger | Phases, options: TriggerOptions): TriggerHandle {
    const event = this.event(type);
    if (typeof trigger === 'function') return event.add('during', trigger, options);
    checkPhases(trigger, triggerOf, type);
    const handles: RegisteredTrigger[] = [];
    try {
      for (const phase of PHASES) {
        const run = trigger[phase];
        if (run !== undefined) handles.push(event.add(phase, run, options));
      }
    } catch (error) {
      for (const handle of handles) handle.remove(); // all of it is registered, or nothing (C6)
      throw error;
    }
    if (handles.length === 0) throw new TypeError(`${triggerOf(type)} has no phase: give it before, during or after`);
    return new TriggerHandles(type, handles);
  }

  /** Throws `UnknownTriggerError` when there is nothing of it here (C19). */
  remove(handle: TriggerHandle): void {
    const isHandle = typeof handle === 'object' && (handle as TriggerHandle | null) !== null; // as: callers without types pass anything
    if (!isHandle || this.#events.get(handle.event)?.remove(handle) !== true) throw unknownTrigger();
  }

  limitsOf(type: unknown): Limits | undefined {
    const isKey = typeof type === 'string' || typeof type === 'symbol' || typeof type === 'number';
    return isKey && Object.hasOwn(this.#limits, type) ? this.#limits[type] : undefined;
  }
}

function triggerOf(type: unknown): string {
  return `The trigger of ${eventName(type)}`;
}
