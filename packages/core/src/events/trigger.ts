import { listenToAbort } from '../ground/abort-listener.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkOptionalMs } from '../ground/check-milliseconds.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { Phase, Trigger, TriggerContext, TriggerHandle, TriggerOptions } from '../ground/events.ts';
import { dispose, type AbortSignalLike } from '../ground/host.ts';
import type { TriggerOutcome, PendingItem } from '../ground/observer.ts';
import { nameOf } from '../ground/printable.ts';
import { eventName } from '../ground/event-name.ts';

/** The options of a registration, and with `debug` the stack of the call that made it. */
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

/** `on` and `once` have no `every` (C53). */
const SHORT_OPTIONS: readonly (keyof TriggerOptions)[] = ['name', 'timeout', 'signal', 'required'];
const OPTIONS: readonly (keyof TriggerOptions)[] = ['name', 'timeout', 'signal', 'required', 'every'];

/**
 * Checks the options of a registration and copies them: each is read once, and later changes of the object have no effect (C6). `every`: the
 * value that `on` and `once` set themselves; without it, the option is read.
 */
export function takeOptions(options: TriggerOptions | undefined, every?: boolean): Registration {
  if (options === undefined) return every === true ? EVERY : ONCE;
  if (every === undefined) checkKeys(options, OPTIONS, 'A trigger');
  else checkKeys(options, SHORT_OPTIONS, 'A trigger of on() or once()');
  const { name, timeout, signal, required } = options;
  checkOptionalMs(timeout, 'The timeout');
  return { name, timeout, every: every ?? options.every === true, signal, required };
}

/** With `debug`: adds the stack of the registration (C23). */
export function withStack(registration: Registration): Registration {
  return { ...registration, registeredAt: new Error('registered').stack };
}

/** The part of a firing that its calls, services, work and policies use. */
export interface ActiveFiring {
  /** No other phase begins (C29), or the firing is over. */
  readonly isCut: boolean;
  /** Calls a trigger in the phase under way. */
  call(trigger: RegisteredTrigger): void;
  /** Goes on if the phase under way is over. May be called at any time. */
  advance(): void;
  /** Calls `fn` in the async context of the code that fired (N3). */
  inContext(fn: () => void): void;
}

/** `cut`: a stop has cut the start, and the call has rejected only because of that. The observer is told `done` (C29). */
export type CallOutcome = TriggerOutcome | 'cut';

const KIND = 'trigger';

/** What to do so that a function with a context doesn't time out. */
export const REMEDY = 'end it when context.signal aborts';

/** One trigger of one phase of an event, and the handle of its registration. It is small: a program may have very many (benchmark: P9). */
export class RegisteredTrigger implements TriggerHandle {
  readonly list: TriggerList;
  readonly run: Trigger;
  readonly options: Registration;
  /** It stays registered and has no timeout: calling it is only calling its function. */
  readonly isPlain: boolean;
  /** Its neighbours in the list. */
  previous: RegisteredTrigger | undefined;
  next: RegisteredTrigger | undefined;
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
    this.previous = undefined;
    this.next = undefined;
    this.#order = list.nextOrder();
  }

  get event(): unknown {
    return this.list.event;
  }

  get phase(): Phase {
    return this.list.phase;
  }

  /** The word for its kind in reports and messages; `service` and `work` in subclasses. */
  get kind(): ErrorSource['kind'] & PendingItem['kind'] {
    return KIND;
  }

  /** A function written in `{ before, during, after }` is named after its key by JavaScript. It counts as unnamed (C23). */
  get name(): string {
    const { name = '' } = this.options;
    if (name !== '') return name;
    const own = nameOf(this.run);
    if (own !== '' && own !== this.phase) return own;
    return `${eventName(this.event)}.${this.phase}#${String(this.#order)}`;
  }

  /** What to do so that it doesn't time out, for messages. It names the signal that the function was given. */
  get remedy(): string {
    return REMEDY;
  }

  /** The status of a service while it is pending. */
  status(): string | undefined {
    return undefined;
  }

  call(context: TriggerContext): unknown {
    const { run } = this; // so that it is called without `this`
    return run(context);
  }

  /** Called when a call of the trigger has settled; it may call others. `error`: of a call that failed or timed out. */
  onSettled?(outcome: CallOutcome, firing: ActiveFiring, error: unknown): void;

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

/** A phase is cut short when this many triggers have been added to it while it was open (C18). */
export const MAX_ADDED = 10_000;

/**
 * The triggers of one phase, in order of registration (C9): a linked list, so adding and removing are O(1) (C19). A `Set` of ten thousand
 * triggers is a large object, which V8 collects late, with all that it refers to (benchmarks: P9, P10).
 */
export class TriggerList {
  readonly event: unknown;
  readonly phase: Phase;
  #first: RegisteredTrigger | undefined;
  #last: RegisteredTrigger | undefined;
  /** The next trigger to call, while it is open. */
  #next: RegisteredTrigger | undefined;
  #isOpen = false;
  /** How many triggers were added while it was open, this time (C18). */
  #added = 0;
  #order = 0;

  constructor(event: unknown, phase: Phase) {
    this.event = event;
    this.phase = phase;
  }

  /** Its triggers are being called: a trigger that is added now is called in this firing (C17). */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** It was closed since too many triggers were added while it was open (C18). */
  get isFull(): boolean {
    return this.#added >= MAX_ADDED;
  }

  /** `take()` begins with the first trigger. */
  open(): void {
    this.#isOpen = true;
    this.#next = this.#first;
    this.#added = 0;
  }

  /** The next trigger to call; undefined after the last one, and when the list is closed. */
  take(): RegisteredTrigger | undefined {
    const trigger = this.#next;
    this.#next = trigger?.next;
    return trigger;
  }

  /** The triggers not taken yet stay registered. */
  close(): void {
    this.#isOpen = false;
    this.#next = undefined;
  }

  /** All triggers, in order. */
  all(): RegisteredTrigger[] {
    const all: RegisteredTrigger[] = [];
    for (let trigger = this.#first; trigger !== undefined; trigger = trigger.next) all.push(trigger);
    return all;
  }

  /** The number of the next registration, for its name. */
  nextOrder(): number {
    return ++this.#order;
  }

  add(trigger: RegisteredTrigger): void {
    const { signal } = trigger.options;
    if (signal !== undefined && !listenUnlessAborted(trigger, signal)) return;
    trigger.previous = this.#last;
    if (this.#last === undefined) this.#first = trigger;
    else this.#last.next = trigger;
    this.#last = trigger;
    if (!this.#isOpen) return;
    this.#next ??= trigger;
    if (++this.#added === MAX_ADDED) this.close();
  }

  /** Returns `false` if it isn't in the list. */
  remove(trigger: RegisteredTrigger): boolean {
    const { previous, next } = trigger;
    if (previous === undefined && this.#first !== trigger) return false;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    if (this.#next === trigger) this.#next = next;
    trigger.previous = undefined;
    trigger.next = undefined;
    if (trigger.options.signal !== undefined) stopListening.get(trigger)?.();
    return true;
  }
}

/** For the few triggers that have a signal: the functions that stop listening to it. */
const stopListening: WeakMap<RegisteredTrigger, () => void> = new WeakMap();

/** Removes the trigger when the signal aborts. Returns `false` if it is aborted already. */
function listenUnlessAborted(trigger: RegisteredTrigger, signal: AbortSignalLike): boolean {
  let aborted = false as boolean;
  const stop = listenToAbort(signal, () => {
    aborted = true;
    trigger.remove();
  });
  if (!aborted) stopListening.set(trigger, stop);
  return !aborted;
}
