import { checkFunction } from '../ground/check-function.ts';
import type { CallOptions, Clock, DelayedCall } from '../ground/clock.ts';
import {
  createAbortController,
  takeHost,
  type AbortControllerLike,
  type HostAbortSignal,
  type TakenHost,
} from '../ground/host.ts';
import { LONGEST_TIMEOUT } from '../ground/longest-timeout.ts';
import { TimerQueue, type ScheduledCall } from '../timed/timer-queue.ts';
import { Slice } from '../turn/slice.ts';

/** How long one timer of the host runs calls: milliseconds, and calls. */
const SLICE_MS = 5;
const SLICE_CALLS = 1_000;

/**
 * A clock with no reactor: the default of a library that takes a `Clock` (C69). It uses the timer functions that the host has when
 * `hostClock()` is called, and keeps a process alive while a call is pending. Nothing stops it: its signal never aborts, and it has no
 * `waitUntil`. What a function throws is an uncaught error of the host.
 *
 * @example
 * ```ts
 * export function poll(url: URL, { clock = hostClock() }: { clock?: Clock } = {}) {
 *   return every(clock, 60_000, () => fetch(url));
 * }
 * ```
 */
export function hostClock(): Clock {
  return new HostClock();
}

class HostClock implements Clock {
  readonly #host: TakenHost = takeHost();
  readonly #timers: HostTimers = new HostTimers(
    () => this.now(),
    () => {
      this.#arm();
    },
  );
  readonly #slice: Slice = new Slice(() => this.now(), SLICE_MS, SLICE_CALLS);
  #controller: AbortControllerLike | undefined;
  /** The timer of the host, set to the first deadline. */
  #timer: unknown;

  get signal(): HostAbortSignal {
    return (this.#controller ??= createAbortController()).signal;
  }

  now(): number {
    return this.#host.now();
  }

  wallNow(): number {
    return this.#host.wallNow();
  }

  random(): number {
    return this.#host.random();
  }

  callSoon(fn: () => unknown): void {
    checkFunction(fn, 'The function for callSoon');
    this.callLater(0, fn);
  }

  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall {
    return this.#timers.add(ms, fn, options);
  }

  #arm(): void {
    if (this.#timer !== undefined) this.#host.clearTimeout(this.#timer);
    this.#timer = undefined;
    const wait = Math.ceil(this.#timers.nextDeadline() - this.now());
    if (wait === Infinity) return;
    this.#timer = this.#host.setTimeout(this.#run, Math.min(Math.max(0, wait), LONGEST_TIMEOUT));
  }

  readonly #run = (): void => {
    const now = this.now();
    this.#slice.begin(now);
    this.#timers.runDue(now, this.#slice, (fn) => {
      try {
        fn();
      } catch (error) {
        // In a timer of its own: the other calls still run.
        this.#host.setTimeout(() => {
          throw error;
        }, 0);
      }
    });
    this.#arm();
  };
}

/** Timed calls that hold no timer of the host once all of them are cancelled: it would keep the process alive. */
class HostTimers extends TimerQueue {
  readonly #onChange: () => void;

  constructor(now: () => number, onChange: () => void) {
    super(now, onChange);
    this.#onChange = onChange;
  }

  override cancel(call: ScheduledCall): void {
    super.cancel(call);
    this.#onChange();
  }
}
