import { dispose, type AbortSignalLike } from './host.ts';
import { InvalidPhaseError } from './errors.ts';
import {
  PHASES,
  type Limits,
  type Phase,
  type Phases,
  type Trigger,
  type TriggerHandle,
  type TriggerOptions,
} from './events.ts';
import type { Service } from './services.ts';

/** What an event is called in names, messages and reports. */
export function eventName(type: unknown): string {
  if (typeof type === 'string') return type;
  if (typeof type === 'function') return type.name || 'function';
  return typeof type === 'object' && type !== null ? Object.prototype.toString.call(type) : String(type);
}

/** Throws where a length of time is no length of time. */
export function checkLength(ms: number | undefined, what: string): void {
  if (ms !== undefined && !(ms >= 0)) {
    throw new RangeError(`${what} is ${String(ms)}: give milliseconds, 0 or more`);
  }
}

export function checkLimits(limits: Limits | undefined): void {
  for (const name of ['deadline', ...PHASES] as const) checkLength(limits?.[name], `The limit "${name}"`);
}

export function checkPhase(phase: Phase): void {
  if (!PHASES.includes(phase)) {
    throw new InvalidPhaseError(`There is no phase "${eventName(phase)}": use "before", "during" or "after"`);
  }
}

export function checkFunction(fn: unknown, what: string): void {
  if (typeof fn !== 'function') throw new TypeError(`${what} is ${fn === null ? 'null' : typeof fn}: pass a function`);
}

/** The phases that are there, in order; anything that is not a set of phases throws. */
export function phasesOf<D>(phases: Phases<D> | null, what: string): [Phase, Trigger<D>][] {
  if (typeof phases !== 'object' || phases === null) {
    throw new TypeError(`${what} is no function: pass one, or an object with before, during or after`);
  }
  for (const key of Object.keys(phases)) checkPhase(key as Phase); // as: this is the check
  const found: [Phase, Trigger<D>][] = [];
  for (const phase of PHASES) {
    const trigger = phases[phase];
    if (trigger === undefined) continue;
    checkFunction(trigger, `${what}, ${phase},`);
    found.push([phase, trigger]);
  }
  return found;
}

/** One trigger of one event and phase; the handle of its registration too. */
export class RegisteredTrigger implements TriggerHandle {
  readonly event: unknown;
  readonly phase: Phase;
  readonly run: Trigger;
  readonly every: boolean;
  readonly options: TriggerOptions;
  /** The service whose function this is (C52). */
  readonly service: Service | undefined;
  readonly registeredAt: string | undefined;
  /** Where it stands; undefined once it is taken out. */
  list: TriggerList | undefined;
  index = 0;
  readonly #order: number;
  declare readonly [Symbol.dispose]: () => void;
  static {
    Object.defineProperty(this.prototype, dispose, { value: this.prototype.remove });
  }

  constructor(
    event: unknown,
    phase: Phase,
    run: Trigger,
    options: TriggerOptions,
    order: number,
    service?: Service,
    debug?: boolean,
  ) {
    this.event = event;
    this.phase = phase;
    this.run = run;
    this.every = options.every === true;
    this.options = options;
    this.#order = order;
    this.service = service;
    this.registeredAt = debug === true ? new Error('registered').stack : undefined;
  }

  /** In `{ before, during, after }` a function is named after its key, which tells nothing: it counts as unnamed (C23). */
  get name(): string {
    const { name = '' } = this.options;
    if (name !== '') return name;
    if (this.run.name !== '' && this.run.name !== this.phase) return this.run.name;
    return `${eventName(this.event)}.${this.phase}#${String(this.#order)}`;
  }

  remove(): boolean {
    return this.list?.remove(this) ?? false;
  }
}

/** The handle of several registrations made by one call (C53). */
export class TriggerHandles implements TriggerHandle {
  readonly event: unknown;
  readonly triggers: readonly RegisteredTrigger[];
  declare readonly [Symbol.dispose]: () => void;
  static {
    Object.defineProperty(this.prototype, dispose, { value: this.prototype.remove });
  }

  constructor(event: unknown, triggers: readonly RegisteredTrigger[]) {
    this.event = event;
    this.triggers = triggers;
  }

  get name(): string {
    return this.triggers.map(({ name }) => name).join(', ');
  }

  remove(): boolean {
    return this.triggers.filter((trigger) => trigger.remove()).length > 0;
  }
}

/** A phase is cut when this many triggers have been added to it while it was open (C18). */
export const MAX_ADDED = 10_000;

/** The triggers of one phase, in order of registration; a removed one leaves a hole until the list is packed (C19: O(1)). */
export class TriggerList {
  slots: (RegisteredTrigger | undefined)[] = [];
  /**
   * Beside each trigger its function, where calling it is all there is to do: it is kept, and has no timeout. Beside a hundred thousand
   * triggers that reads a third of the memory (benchmark: P7).
   */
  plain: (Trigger | undefined)[] = [];
  /** Its triggers are being started (C17): what is added now runs in this firing. */
  open = false;
  /** How many were added while it was open (C18). */
  #added = 0;
  #live = 0;
  #order = 0;

  /** So many were added while it was open that this came to an end (C18). */
  get isCut(): boolean {
    return this.#added >= MAX_ADDED;
  }

  /** Its triggers are started from now on. */
  begin(): void {
    this.open = true;
    this.#added = 0;
  }

  /** They have been started. */
  end(): void {
    this.open = false;
    this.pack();
  }

  /**
   * No more of them is started. What walks `slots` comes to the end of it, since what is left moves on to a new array: so a walk has
   * nothing to ask but the length (benchmark: P7).
   */
  stop(): void {
    if (!this.open) return;
    const { slots } = this;
    this.open = false;
    this.#moveOn();
    slots.length = 0;
  }

  /** The number of the next registration, for its name. */
  nextOrder(): number {
    return ++this.#order;
  }

  add(trigger: RegisteredTrigger): void {
    const signal = trigger.options.signal;
    if (signal?.aborted === true) return;
    trigger.list = this;
    trigger.index = this.slots.push(trigger) - 1;
    this.plain.push(plainFunctionOf(trigger));
    this.#live++;
    if (this.open && ++this.#added === MAX_ADDED) this.stop();
    if (signal !== undefined) removeOnAbort(trigger, signal);
  }

  /** `false` when it is not here. */
  remove(trigger: RegisteredTrigger): boolean {
    if (trigger.list !== this) return false;
    trigger.list = undefined;
    this.slots[trigger.index] = this.plain[trigger.index] = undefined;
    this.#live--;
    if (trigger.options.signal !== undefined) listeners.get(trigger)?.();
    this.pack();
    return true;
  }

  /** Closes the holes once they are the larger part; never while the list is being walked. */
  pack(): void {
    if (!this.open && this.slots.length >= 2 * this.#live + 32) this.#moveOn();
  }

  #moveOn(): void {
    const live: RegisteredTrigger[] = [];
    for (const trigger of this.slots) {
      if (trigger === undefined) continue;
      trigger.index = live.length;
      live.push(trigger);
    }
    this.slots = live;
    this.plain = live.map(plainFunctionOf);
  }
}

function plainFunctionOf({ every, options, run }: RegisteredTrigger): Trigger | undefined {
  return every && options.timeout === undefined ? run : undefined;
}

/** How to stop listening, for the few triggers that have a signal. */
const listeners: WeakMap<RegisteredTrigger, () => void> = new WeakMap();

function removeOnAbort(trigger: RegisteredTrigger, signal: AbortSignalLike): void {
  const onAbort = (): void => {
    trigger.remove();
  };
  signal.addEventListener('abort', onAbort);
  listeners.set(trigger, () => {
    signal.removeEventListener('abort', onAbort);
  });
}
