import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { describeGiven } from '../ground/check-milliseconds.ts';
import type { CallOptions, Clock, DelayedCall } from '../ground/clock.ts';
import { disposable } from '../ground/host.ts';
import { checkClock } from './check-clock.ts';

/** A call at a date (B25). Disposing it is like `cancel()`, without an error if it is over. */
export interface DatedCall extends Disposable {
  /** `true` while it is pending: neither called nor cancelled. */
  readonly active: boolean;
  /** When it is due, in milliseconds since 1970. */
  readonly date: number;
  /** Cancels it. Throws `AlreadyCancelledError` or `AlreadyCalledError` if it is over. */
  cancel(): void;
}

/** Options of {@link at}. */
export type AtOptions = Pick<CallOptions, 'name' | 'signal' | 'onDrop'>;

/** Milliseconds between two looks at the wall clock. Timers stand still while a machine sleeps, so this is how late a call can be. */
const LOOK_AFTER = 30_000;

/** The latest date, in milliseconds since 1970. [ECMAScript: Time Values and Time Range] */
const MAX_DATE = 8.64e15;

const OPTIONS: readonly (keyof AtOptions)[] = ['name', 'signal', 'onDrop'];

/**
 * Calls `fn` once, at a date of the wall clock (B25): a `Date`, or milliseconds since 1970. If the date has passed, it calls `fn` in the next
 * turn. If the machine was asleep at the date, it does so at most 30 seconds after the machine wakes up. If the wall clock is set back or
 * forward, `fn` is called when the clock shows the date. The time is read from `clock.wallNow()`, or from `Date.now()` if the clock has none.
 *
 * Give it the reactor: on a `scaledClock` it looks at the wall clock more often, or less.
 *
 * Throws `RangeError` for a date that isn't valid, and `TypeError` for an argument or option of the wrong type.
 *
 * @example
 * ```ts
 * at(reactor, new Date('2027-01-01T00:00:00Z'), celebrate);
 * ```
 */
export function at(clock: Clock, date: Date | number, fn: () => unknown, options: AtOptions = {}): DatedCall {
  checkClock(clock, 'at()');
  checkFunction(fn, 'The function for at');
  checkKeys(options, OPTIONS, 'at()');
  const { name = fn.name || 'at', ...others } = options;
  return new DisposableCall(clock, millisecondsOf(date), fn, { ...others, name, context: true });
}

class Call implements DatedCall {
  readonly date: number;
  readonly #clock: Clock;
  readonly #fn: () => unknown;
  readonly #options: CallOptions;
  /** The call that looks at the wall clock next. */
  #look: DelayedCall;

  constructor(clock: Clock, date: number, fn: () => unknown, options: CallOptions) {
    this.#clock = clock;
    this.date = date;
    this.#fn = fn;
    this.#options = options;
    this.#look = this.#lookLater();
  }

  declare readonly [Symbol.dispose]: () => void;

  get active(): boolean {
    return this.#look.active;
  }

  cancel(): void {
    this.#look.cancel();
  }

  dispose(): void {
    if (this.active) this.cancel();
  }

  #lookLater(): DelayedCall {
    const left = this.#left();
    const wait = left < LOOK_AFTER ? Math.max(0, left) : LOOK_AFTER; // also for a wall clock that returns NaN
    return this.#clock.callLater(wait, this.#onLook, this.#options);
  }

  readonly #onLook = (): unknown => {
    if (this.#left() <= 0) return this.#fn();
    this.#look = this.#lookLater();
    return undefined;
  };

  #left(): number {
    return this.date - (this.#clock.wallNow?.() ?? Date.now());
  }
}

const DisposableCall = /* @__PURE__ */ disposable(Call);

function millisecondsOf(date: Date | number): number {
  const ms: unknown = typeof date === 'number' ? date : (date as Partial<Date> | null | undefined)?.getTime?.(); // as: callers without types pass anything
  if (typeof ms !== 'number')
    throw new TypeError(`The date of at() is ${describeGiven(date)}: give a Date, or milliseconds since 1970`);
  if (!(Math.abs(ms) <= MAX_DATE))
    throw new RangeError('The date of at() is not valid: give a Date with a time, or milliseconds since 1970');
  return ms;
}
