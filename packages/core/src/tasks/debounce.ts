import { listenToAbort } from '../ground/abort-listener.ts';
import { checkFunction } from '../ground/check-function.ts';
import { checkMilliseconds } from '../ground/check-milliseconds.ts';
import type { Clock, DelayedCall } from '../ground/clock.ts';
import { dispose } from '../ground/host.ts';
import { nameOf } from '../ground/printable.ts';
import { checkClock } from './check-clock.ts';
import { report } from './completion.ts';
import { holdForResult } from './hold-stop.ts';

/** A function that {@link debounce} has made. */
export interface Debounced<A extends unknown[]> {
  /** Calls the function later: `ms` after the last of these calls, with its arguments. */
  (...args: A): void;
  /** Calls the function now, if a call is waiting. */
  flush(): void;
  /** Drops the call that is waiting, if there is one. */
  cancel(): void;
}

/**
 * Makes a function that calls `fn` once things are quiet: `ms` milliseconds after its last call, with the arguments of that call (C69).
 *
 * A stop calls `fn` at once if a call is waiting, and waits for the promise that it returns, with `clock.waitUntil`; so a debounced save
 * isn't lost. After that, each call calls `fn` at once. An error of `fn` is reported. A call doesn't wait for the one before it.
 *
 * Throws `RangeError` if `ms` is negative or NaN, and `TypeError` for an argument of the wrong type.
 *
 * @example
 * ```ts
 * const save = debounce(reactor, 500, () => writeFile('draft.txt', editor.text));
 * editor.onChange(save);
 * ```
 */
export function debounce<A extends unknown[]>(clock: Clock, ms: number, fn: (...args: A) => unknown): Debounced<A> {
  checkClock(clock, 'debounce()');
  checkMilliseconds(ms, 'The time to wait is');
  checkFunction(fn, 'The function of debounce()');
  const calls = new DebouncedCalls(clock, ms, fn);
  const debounced = (...args: A): void => {
    calls.add(args);
  };
  return Object.assign(debounced, {
    flush: () => {
      calls.flush();
    },
    cancel: () => {
      calls.cancel();
    },
  });
}

/** Keeps the call that is waiting. A new call takes its place. */
class DebouncedCalls<A extends unknown[]> {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #fn: (...args: A) => unknown;
  readonly #name: string;
  /** The arguments of the call that is waiting. */
  #waiting: A | undefined;
  #timer: DelayedCall | undefined;
  #stopListening: () => void = () => undefined;
  /** The synchronous part of the function is on the stack. */
  #isRunning = false;

  constructor(clock: Clock, ms: number, fn: (...args: A) => unknown) {
    this.#clock = clock;
    this.#ms = ms;
    this.#fn = fn;
    this.#name = nameOf(fn) || 'debounce';
  }

  add(args: A): void {
    this.cancel();
    this.#waiting = args;
    // The run may end before it is due. `onDrop` is called at once on a clock that has stopped.
    this.#timer = this.#clock.callLater(this.#ms, this.flush, { name: this.#name, context: true, onDrop: this.flush });
    if (!this.#isRunning) this.#listen();
  }

  readonly flush = (): void => {
    const args = this.#waiting;
    if (args === undefined || this.#isRunning) return;
    this.cancel();
    this.#isRunning = true;
    try {
      holdForResult(this.#clock, this.#name, this.#fn(...args));
    } catch (error) {
      report(this.#clock, this.#name, error);
    }
    this.#isRunning = false;
    // The function may have called the debounced function. While stopping, such a call waits its `ms`: if it were made at once, this would
    // never end.
    if (!this.#clock.signal.aborted) this.#listen();
  };

  cancel(): void {
    this.#waiting = undefined;
    this.#timer?.[dispose]();
    this.#timer = undefined;
    this.#stopListening();
  }

  /** The call that is waiting is made when stopping begins, at once if it has begun. */
  #listen(): void {
    if (this.#waiting !== undefined) this.#stopListening = listenToAbort(this.#clock.signal, this.flush);
  }
}
