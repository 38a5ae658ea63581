import { listenToAbort } from '../ground/abort-listener.ts';
import { checkLength } from '../ground/check-function.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { Phase, Trigger, TriggerContext, TriggerHandle, TriggerOptions } from '../ground/events.ts';
import { dispose, type AbortSignalLike } from '../ground/host.ts';
import type { TriggerOutcome, PendingItem } from '../ground/observer.ts';
import { nameOf } from '../ground/printable.ts';
import { eventName } from '../ground/event-name.ts';

/** What is known of a registration: its options as they were given, and with `debug` where it was made. */
export interface Registration {
  readonly name?: string | undefined;
  readonly timeout?: number | undefined;
  readonly every: boolean;
  readonly signal?: AbortSignalLike | undefined;
  readonly required?: boolean | undefined;
  readonly registeredAt?: string | undefined;
}

/** Shared by the many triggers without other options. */
const ONCE: Registration = { every: false };
const EVERY: Registration = { every: true };

/** Checks the options of a registration and copies them: each is read once, and a later change of the object changes nothing (C6). */
export function takeOptions(options: TriggerOptions | undefined, every?: boolean): Registration {
  if (options === undefined) return every === true ? EVERY : ONCE;
  const { name, timeout, signal, required } = options;
  checkLength(timeout, 'The timeout');
  return { name, timeout, every: every ?? options.every === true, signal, required };
}

/** With `debug`: the registration also tells where it was made (C23). */
export function located(registration: Registration): Registration {
  return { ...registration, registeredAt: new Error('registered').stack };
}

/** A firing as a trigger sees it whose call has settled. */
export interface OpenFiring {
  /** No trigger that has not begun begins any more (C29). */
  readonly isCut: boolean;
  /** Calls a trigger in the phase under way. */
  call(trigger: RegisteredTrigger): void;
}

const KIND = 'trigger';

/** One trigger of one event and phase; the handle of its registration too. There may be very many, so it has five fields (benchmark: P9). */
export class RegisteredTrigger implements TriggerHandle {
  readonly list: TriggerList;
  readonly run: Trigger;
  readonly options: Registration;
  /** It is kept, and has no timeout: to call it is to call its function. */
  readonly isPlain: boolean;
  readonly #order: number;
  declare readonly [Symbol.dispose]: () => void;
  static {
    Object.defineProperty(this.prototype, dispose, { value: this.prototype.remove });
  }

  constructor(list: TriggerList, run: Trigger, options: Registration) {
    this.list = list;
    this.run = run;
    this.options = options;
    this.isPlain = options.every && options.timeout === undefined;
    this.#order = list.nextOrder();
  }

  get event(): unknown {
    return this.list.event;
  }

  get phase(): Phase {
    return this.list.phase;
  }

  /** What reports and messages call it. */
  get kind(): ErrorSource['kind'] & PendingItem['kind'] {
    return KIND;
  }

  /** In `{ before, during, after }` a function is named after its key, which tells nothing: it counts as unnamed (C23). */
  get name(): string {
    const { name = '' } = this.options;
    if (name !== '') return name;
    const own = nameOf(this.run);
    if (own !== '' && own !== this.phase) return own;
    return `${eventName(this.event)}.${this.phase}#${String(this.#order)}`;
  }

  /** What it says of itself while it pends. */
  status(): string | undefined {
    return undefined;
  }

  call(context: TriggerContext): unknown {
    const { run } = this; // without a receiver: it is the program's
    return run(context);
  }

  /** Called when a call of the trigger has settled; it may call others. */
  onSettled?(outcome: TriggerOutcome, firing: OpenFiring): void;

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

/** The triggers of one phase, in order of registration (C9). Adding and removing are O(1) (C19). */
export class TriggerList {
  readonly event: unknown;
  readonly phase: Phase;
  triggers: Set<RegisteredTrigger> = new Set();
  #isOpen = false;
  /** How many were added while it was open (C18). */
  #added = 0;
  #order = 0;

  constructor(event: unknown, phase: Phase) {
    this.event = event;
    this.phase = phase;
  }

  /** Its triggers are being started: what is added now runs in this firing (C17). */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** It was closed because too many were added while it was open (C18). */
  get isCut(): boolean {
    return this.#added >= MAX_ADDED;
  }

  open(): void {
    this.#isOpen = true;
    this.#added = 0;
  }

  close(): void {
    this.#isOpen = false;
  }

  /**
   * Closes it while a firing walks through `triggers`: what is left moves to a new set, so the walk ends by itself. To ask in each step
   * would cost a fifth of the time (benchmark: P7).
   */
  stop(): void {
    if (!this.#isOpen) return;
    const { triggers } = this;
    this.#isOpen = false;
    this.triggers = new Set(triggers);
    triggers.clear();
  }

  /** The number of the next registration, for its name. */
  nextOrder(): number {
    return ++this.#order;
  }

  add(trigger: RegisteredTrigger): void {
    const { signal } = trigger.options;
    if (signal !== undefined && isAborted(trigger, signal)) return;
    this.triggers.add(trigger);
    if (this.#isOpen && ++this.#added === MAX_ADDED) this.stop();
  }

  /** False when it is not here any more. */
  remove(trigger: RegisteredTrigger): boolean {
    if (!this.triggers.delete(trigger)) return false;
    if (trigger.options.signal !== undefined) listeners.get(trigger)?.();
    return true;
  }
}

/** How to stop listening, for the few triggers that have a signal. */
const listeners: WeakMap<RegisteredTrigger, () => void> = new WeakMap();

/** Whether the signal is aborted; else aborting it removes the trigger. */
function isAborted(trigger: RegisteredTrigger, signal: AbortSignalLike): boolean {
  let aborted = false as boolean;
  const stopListening = listenToAbort(signal, () => {
    aborted = true;
    trigger.remove();
  });
  if (!aborted) listeners.set(trigger, stopListening);
  return aborted;
}
