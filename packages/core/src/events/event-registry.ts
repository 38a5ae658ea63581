import { takeLimits, takePhases } from '../ground/checks.ts';
import { PHASES, type Limits, type Phases, type Trigger, type TriggerHandle } from '../ground/events.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { FiringPolicy } from './fired-event.ts';
import { SystemEvent, unknownTrigger } from './system-event.ts';
import { eventName } from '../ground/event-name.ts';
import { TriggerHandles, type RegisteredTrigger, type Registration } from './trigger.ts';

/** The events of a reactor by type, made on first use (C7). */
export class EventRegistry {
  readonly #deps: FiringDeps;
  readonly #limits: Map<string | symbol, Limits | undefined> = new Map();
  readonly #timings: boolean | undefined;
  readonly #events: Map<unknown, SystemEvent> = new Map();

  constructor(deps: FiringDeps, limits: Readonly<Record<PropertyKey, Limits>> = {}, timings?: boolean) {
    for (const type of Reflect.ownKeys(limits)) this.#limits.set(type, takeLimits(limits[type]));
    this.#deps = deps;
    this.#timings = timings;
  }

  /** Makes `startup` or `shutdown`. It has timings unless the option `timings` is `false` (C15). */
  reserve(type: string, policy: FiringPolicy): SystemEvent {
    const event = new SystemEvent(type, this.#deps, this.limitsOf(type), this.#timings ?? true, policy);
    this.#events.set(type, event);
    return event;
  }

  /** The event of this type, made if there is none yet. */
  event(type: unknown): SystemEvent {
    let event = this.#events.get(type);
    if (event === undefined) {
      event = new SystemEvent(type, this.#deps, this.limitsOf(type), this.#timings ?? false);
      this.#events.set(type, event);
    }
    return event;
  }

  isFiring(type: unknown): boolean {
    return this.#events.get(type)?.isFiring ?? false;
  }

  hasTriggers(type: unknown): boolean {
    const event = this.#events.get(type);
    return event?.lists.some(({ triggers }) => triggers.size > 0) ?? false;
  }

  all(): Iterable<SystemEvent> {
    return this.#events.values();
  }

  /** Registers a function for `during`, or an object of phases (C53). If one of them can't be registered, none is (C6). */
  register(type: unknown, trigger: Trigger | Phases, options: Registration): TriggerHandle {
    const event = this.event(type);
    if (typeof trigger === 'function') return event.add('during', trigger, options);
    const phases = takePhases(trigger, triggerOf, type);
    const handles: RegisteredTrigger[] = [];
    try {
      for (const phase of PHASES) {
        const run = phases[phase];
        if (run !== undefined) handles.push(event.add(phase, run, options));
      }
    } catch (error) {
      for (const handle of handles) handle.remove();
      throw error;
    }
    if (handles.length === 0) throw new TypeError(`${triggerOf(type)} has no phase: give it before, during or after`);
    return new TriggerHandles(type, handles);
  }

  /** Throws `UnknownTriggerError` if nothing of the handle is registered here (C19). */
  remove(handle: TriggerHandle): void {
    let isRemoved = false;
    try {
      isRemoved = this.#events.get(handle.event)?.remove(handle) === true;
    } catch {
      // It isn't a handle: callers without types pass anything.
    }
    if (!isRemoved) throw unknownTrigger();
  }

  limitsOf(type: unknown): Limits | undefined {
    if (typeof type === 'symbol') return this.#limits.get(type);
    return typeof type === 'string' || typeof type === 'number' ? this.#limits.get(String(type)) : undefined;
  }
}

function triggerOf(type: unknown): string {
  return `The trigger of ${eventName(type)}`;
}
