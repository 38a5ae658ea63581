import type { ReactorStoppedError } from './errors.ts';
import type { AbortSignalLike, HostAbortSignal } from './host.ts';

/** Options of {@link Clock.callLater}. */
export interface CallOptions {
  /** What reports and `pending()` call it; default: the function's name. */
  readonly name?: string;
  /** Aborting it cancels the call; aborted already, the call is made cancelled. */
  readonly signal?: AbortSignalLike;
  /** Called once, instead of the function, when the run ends before the call does (C30): what a promise over a call needs in order to settle. */
  readonly onDrop?: (error: ReactorStoppedError) => void;
  /** Runs it in its caller's async context, where the host has such a thing (N3); other reactors take no notice. */
  readonly context?: boolean;
}

/** Options of `waitUntil` (C57). */
export interface WorkOptions {
  /** What reports, pending lines and `pending()` call the work; default: `waitUntil`. */
  readonly name?: string;
}

/**
 * A call that waits for its time (C41, C42); Twisted's `IDelayedCall`. Disposing cancels it and forgives: no error when it is over.
 */
export interface DelayedCall extends Disposable {
  /** It waits still: neither called nor cancelled. */
  readonly active: boolean;
  /** When it is due, on the clock's `now()`, milliseconds; `Infinity` for never. */
  readonly time: number;
  /** It never runs, and its function is released at once. Throws `AlreadyCancelledError` or `AlreadyCalledError` when it is over. */
  cancel(): void;
  /** Due `ms` from now instead. Throws as `cancel`; `RangeError` when `ms` is negative or NaN. */
  reset(ms: number): void;
  /** Due `ms` later than it was; negative is sooner, and into the past is due now. Throws as `cancel`; `RangeError` for NaN. */
  delay(ms: number): void;
  /** For logs, in every state: its name, and when it is due, or that it was called or cancelled (C42). */
  toString(): string;
}

/** What libraries should ask for when they need time (C55): every reactor is one. */
export interface Clock {
  /** Monotonic milliseconds, at the host's resolution. */
  now(): number;
  /** Runs `fn` next turn, in order. */
  callSoon(fn: () => unknown, options?: Pick<CallOptions, 'context'>): void;
  /** Aborts with the stop reason when stopping begins (C54). */
  readonly signal: HostAbortSignal;
  /** Runs `fn` once, `ms` from now. Throws `RangeError` when `ms` is negative or NaN; `Infinity` is never (C39). */
  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall;
  /** Work that a stop must not cut (C57); every reactor has it. Libraries call it as `clock.waitUntil?.(promise)`. */
  waitUntil?(promise: PromiseLike<unknown>, options?: WorkOptions): void;
}
