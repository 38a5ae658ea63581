import { takeNestedLimits, takePhases } from '../ground/checks.ts';
import { PHASES, type Limits, type Phases, type Trigger, type TriggerHandle } from '../ground/events.ts';
import type { FiringDeps } from './firing-deps.ts';
import type { FiringPolicy } from './fired-event.ts';
import { SystemEvent, unknownTrigger } from './system-event.ts';
import { eventName } from '../ground/event-name.ts';
import { TriggerHandles, type RegisteredTrigger, type Registration } from './trigger.ts';

/** The events of a reactor by type, made on first use (C7). */
export class EventRegistry {
  readonly #deps: FiringDeps;
  readonly #limits: Record<PropertyKey, Limits | undefined> = Object.create(null) as Record<PropertyKey, undefined>; // as: it is empty
  readonly #timings: boolean | undefined;
  readonly #events: Map<unknown, SystemEvent> = new Map();
  /**
   * The events whose type is an object or a function. They are collected as garbage with their type: a program may fire a new object each
   * time.
   */
  readonly #ofObjects: WeakMap<object, SystemEvent> = new WeakMap();
  /** The events of `#ofObjects` of which a firing is under way or requested. */
  readonly #underWay: Set<SystemEvent> = new Set();

  constructor(deps: FiringDeps, limits: Readonly<Record<PropertyKey, Limits>> = {}, timings?: boolean) {
    for (const type of Reflect.ownKeys(limits))
      this.#limits[type] = takeNestedLimits(limits[type], `limits.${eventName(type)}`);
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
    let event = this.#find(type);
    if (event !== undefined) return event;
    const hasTimings = this.#timings ?? false;
    if (isObject(type)) {
      event = new SystemEvent(type, this.#deps, undefined, hasTimings, undefined, this.#underWay);
      this.#ofObjects.set(type, event);
    } else {
      event = new SystemEvent(type, this.#deps, this.limitsOf(type), hasTimings);
      this.#events.set(type, event);
    }
    return event;
  }

  #find(type: unknown): SystemEvent | undefined {
    return isObject(type) ? this.#ofObjects.get(type) : this.#events.get(type);
  }

  isFiring(type: unknown): boolean {
    return this.#find(type)?.isFiring ?? false;
  }

  hasTriggers(type: unknown): boolean {
    const event = this.#find(type);
    return event?.lists.some((list) => !list.isEmpty) ?? false;
  }

  /** All events of which a firing may be under way. */
  all(): Iterable<SystemEvent> {
    return [...this.#events.values(), ...this.#underWay];
  }

  /** Registers a function for `during`, or an object of phases (C53). If one of them can't be registered, none is (C6). */
  register(type: unknown, trigger: Trigger | Phases, options: Registration): TriggerHandle {
    const event = this.event(type);
    if (typeof trigger === 'function') return event.add('during', trigger, options);
    const phases = takePhases(trigger, triggerTitle, type);
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
    if (handles.length === 0)
      throw new TypeError(`${triggerTitle(type)} has no phase: give it before, during or after`);
    return new TriggerHandles(type, handles);
  }

  /** Throws `UnknownTriggerError` if nothing of the handle is registered here (C19). */
  remove(handle: TriggerHandle): void {
    let isRemoved = false;
    try {
      isRemoved = this.#find(handle.event)?.remove(handle) === true;
    } catch {
      // It isn't a handle: callers without types pass anything.
    }
    if (!isRemoved) throw unknownTrigger();
  }

  limitsOf(type: unknown): Limits | undefined {
    const isKey = typeof type === 'string' || typeof type === 'number' || typeof type === 'symbol';
    return isKey ? this.#limits[type] : undefined;
  }
}

function isObject(type: unknown): type is object {
  return (typeof type === 'object' && type !== null) || typeof type === 'function';
}

function triggerTitle(type: unknown): string {
  return `The trigger of ${eventName(type)}`;
}
