import type { ReactorStoppedError } from './errors.ts';
import type { AbortSignalLike, HostAbortSignal } from './host.ts';

/** Options of {@link Clock.callLater}. */
export interface CallOptions {
  /** Its name in reports and `pending()`. Default: the function's name. */
  readonly name?: string;
  /** Aborting it cancels the call. If it is aborted already, the call is cancelled from the start. */
  readonly signal?: AbortSignalLike;
  /** Called once, instead of the function, if the run ends before the call is due (C30). Use it to reject a promise that waits for the call. */
  readonly onDrop?: (error: ReactorStoppedError) => void;
  /** `true`: runs it in the async context of its caller, on hosts that have async contexts (N3). Other reactors ignore this option. */
  readonly context?: boolean;
}

/** Options of `waitUntil` (C57). */
export interface WorkOptions {
  /** The name of the work in reports, pending lines and `pending()`. Default: `waitUntil`. */
  readonly name?: string;
}

/**
 * A timed call (C41, C42); Twisted's `IDelayedCall`. Disposing it is like `cancel()`, without an error if it is over.
 */
export interface DelayedCall extends Disposable {
  /** `true` while it is pending: neither called nor cancelled. */
  readonly active: boolean;
  /** When it is due, in milliseconds on the clock's `now()`. `Infinity` means never. */
  readonly time: number;
  /** Cancels it and releases its function at once. Throws `AlreadyCancelledError` or `AlreadyCalledError` if it is over. */
  cancel(): void;
  /** Makes it due `ms` from now. Throws like `cancel`, and `RangeError` if `ms` is negative or NaN. */
  reset(ms: number): void;
  /** Makes it due `ms` later; if `ms` is negative, earlier, but not before now. Throws like `cancel`, and `RangeError` for NaN. */
  delay(ms: number): void;
  /** A text for logs: its name, and when it is due, or that it was called or cancelled (C42). */
  toString(): string;
}

/** The interface for libraries that need time (C55). Every reactor implements it. */
export interface Clock {
  /** Monotonic milliseconds, at the host's resolution. */
  now(): number;
  /** Runs `fn` in the next turn, after the calls that were queued before it. */
  callSoon(fn: () => unknown, options?: Pick<CallOptions, 'context'>): void;
  /** Aborts with the stop reason when stopping begins (C54). */
  readonly signal: HostAbortSignal;
  /** Runs `fn` once, `ms` from now. Throws `RangeError` if `ms` is negative or NaN; `Infinity` means never (C39). */
  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall;
  /** Makes a stop wait for this work (C57). Every reactor has this method, other clocks may not: call `clock.waitUntil?.(promise)`. */
  waitUntil?(promise: PromiseLike<unknown>, options?: WorkOptions): void;
  /** The wall-clock time: milliseconds since 1970. It may jump. Every reactor has this method, other clocks may not (C55). */
  wallNow?(): number;
  /** A random number from 0 to below 1; repeatable on a virtual clock. Every reactor has this method, other clocks may not (C55). */
  random?(): number;
  /**
   * Calls `fn` once, outside of turns, when the host has time to spare; `left` tells how many milliseconds are left (B24). Returns a function
   * that cancels it; undefined if the host doesn't tell when it is idle. `BrowserReactor` has this method, other clocks may not.
   */
  callWhenIdle?(fn: (left: () => number) => void): (() => void) | undefined;
}
