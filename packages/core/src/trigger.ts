import { checkFunction, checkLength } from './check-function.ts';
import { describeGiven } from './check-milliseconds.ts';
import { eventName } from './event-name.ts';
import { dispose, type AbortSignalLike } from './host.ts';
import { InvalidPhaseError } from './errors.ts';
import {
  PHASES,
  type Limits,
  type Phase,
  type Phases,
  type Trigger,
  type TriggerContext,
  type TriggerHandle,
  type TriggerOptions,
} from './events.ts';
import type { Firing } from './firing.ts';
import type { ErrorSource } from './error-source.ts';
import type { TriggerOutcome, Waiting } from './observer.ts';
import { nameOf } from './printable.ts';
import type { Service } from './services.ts';

export function checkLimits(limits: Limits | undefined): void {
  if (limits !== undefined && (typeof limits !== 'object' || (limits as Limits | null) === null))
    throw new TypeError(`The limits are ${describeGiven(limits)}: give an object, such as { deadline: 10_000 }`);
  for (const name of ['deadline', ...PHASES] as const) checkLength(limits?.[name], `The limit "${name}"`);
}

export function checkPhase(phase: Phase): void {
  if (!PHASES.includes(phase)) {
    throw new InvalidPhaseError(`There is no phase "${eventName(phase)}": use "before", "during" or "after"`);
  }
}

/** Throws where these are no phases with functions; `what` says what they are of, asked only then (benchmark: P10). */
export function checkPhases<D, S>(phases: Phases<D> | null, what: (subject: S) => string, subject: S): void {
  if (typeof phases !== 'object' || phases === null) {
    throw new TypeError(`${what(subject)} is no function: pass one, or an object with before, during or after`);
  }
  for (const key in phases) if (Object.hasOwn(phases, key)) checkPhase(key as Phase); // as: this is the check
  for (const phase of PHASES) {
    const trigger: unknown = phases[phase];
    if (trigger !== undefined && typeof trigger !== 'function') checkFunction(trigger, `${what(subject)}, ${phase},`);
  }
}

/** What is known of a registration: its options, and with `debug` where it was made. */
export interface Registration extends TriggerOptions {
  readonly registeredAt?: string;
}

/** One trigger of one event and phase; the handle of its registration too. There may be very many: five fields and no more (benchmark: P9). */
export class RegisteredTrigger implements TriggerHandle {
  readonly list: TriggerList;
  /** Where it stands in the list; below 0 once it is taken out. */
  index = -1;
  readonly run: Trigger;
  readonly options: Registration;
  readonly #order: number;
  declare readonly [Symbol.dispose]: () => void;
  static {
    Object.defineProperty(this.prototype, dispose, { value: this.prototype.remove });
  }

  constructor(list: TriggerList, run: Trigger, options: Registration) {
    this.list = list;
    this.run = run;
    this.options = options;
    this.#order = list.nextOrder();
  }

  get event(): unknown {
    return this.list.event;
  }

  get phase(): Phase {
    return this.list.phase;
  }

  get every(): boolean {
    return this.options.every === true;
  }

  /** What reports and messages call it. */
  get kind(): ErrorSource['kind'] & Waiting['kind'] {
    return this.service === undefined ? 'trigger' : 'service';
  }

  /** The service whose function this is (C52). */
  get service(): Service | undefined {
    return undefined;
  }

  /** In `{ before, during, after }` a function is named after its key, which tells nothing: it counts as unnamed (C23). */
  get name(): string {
    const { name = '' } = this.options;
    if (name !== '') return name;
    const own = nameOf(this.run);
    if (own !== '' && own !== this.phase) return own;
    return `${eventName(this.event)}.${this.phase}#${String(this.#order)}`;
  }

  call(context: TriggerContext): unknown {
    return this.run(context);
  }

  /** Where there is one, it is called when a call of the trigger has settled; it may call others. */
  onSettled?(outcome: TriggerOutcome, firing: Firing): void;

  remove(): boolean {
    return this.list.remove(this);
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
  readonly event: unknown;
  readonly phase: Phase;
  slots: (RegisteredTrigger | undefined)[] = [];
  /**
   * Beside each trigger its function, where calling it is all there is to do: it is kept, and has no timeout. Beside a hundred thousand
   * triggers that reads a third of the memory (benchmark: P7). Where firings are timed it is of no use, so it is made when one is not:
   * what has been added since `preparePlain` is not there yet (benchmark: P10).
   */
  plain: (Trigger | undefined)[] = [];
  readonly #isTimed: boolean;
  /** Its triggers are being started (C17): what is added now runs in this firing. */
  open = false;
  /** How many were added while it was open (C18). */
  #added = 0;
  #live = 0;
  #order = 0;

  /** `isTimed`: firings of the event are timed unless one asks for the contrary. */
  constructor(event: unknown, phase: Phase, isTimed: boolean) {
    this.event = event;
    this.phase = phase;
    this.#isTimed = isTimed;
  }

  /** So many were added while it was open that this came to an end (C18). */
  get isCut(): boolean {
    return this.#added >= MAX_ADDED;
  }

  /** Its triggers are started from now on. */
  begin(): void {
    this.open = true;
    this.#added = 0;
  }

  /** `plain` is to be read. */
  preparePlain(): void {
    const { slots, plain } = this;
    for (let i = plain.length; i < slots.length; i++) plain.push(plainFunctionOf(slots[i]));
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
    trigger.index = this.slots.push(trigger) - 1;
    this.#live++;
    if (!this.#isTimed || this.open) this.preparePlain(); // what walks the one array reads the other
    if (this.open && ++this.#added === MAX_ADDED) this.stop();
    if (signal !== undefined) removeOnAbort(trigger, signal);
  }

  /** One that was made for this list; `false` when it is not here any more. */
  remove(trigger: RegisteredTrigger): boolean {
    const { index } = trigger;
    if (index < 0) return false;
    trigger.index = -1;
    this.slots[index] = undefined;
    if (index < this.plain.length) this.plain[index] = undefined;
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
    this.plain = [];
    if (!this.#isTimed) this.preparePlain();
  }
}

function plainFunctionOf(trigger: RegisteredTrigger | undefined): Trigger | undefined {
  return trigger?.every === true && trigger.options.timeout === undefined ? trigger.run : undefined;
}

/** The lists of one event, by phase. */
export function triggerListsOf(event: unknown, isTimed: boolean): Readonly<Record<Phase, TriggerList>> {
  return {
    before: new TriggerList(event, 'before', isTimed),
    during: new TriggerList(event, 'during', isTimed),
    after: new TriggerList(event, 'after', isTimed),
  };
}

/** With `debug`: the registration also tells where it was made (C23). */
export function located(options: TriggerOptions): Registration {
  const { stack } = new Error('registered');
  return stack === undefined ? options : { ...options, registeredAt: stack };
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
