import { listenToAbort } from '../ground/abort-listener.ts';
import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkMilliseconds, describeGiven } from '../ground/check-milliseconds.ts';
import { checkNumber } from '../ground/check-number.ts';
import { checkOneOf } from '../ground/check-one-of.ts';
import { checkType } from '../ground/check-type.ts';
import type { CallOptions, Clock, DelayedCall } from '../ground/clock.ts';
import { LoopingCallStateError } from '../ground/errors.ts';
import { disposable, dispose, type AbortSignalLike } from '../ground/host.ts';
import { nameOf } from '../ground/printable.ts';
import { randomOf } from '../ground/random-of.ts';
import { whenSettled } from '../ground/thenable.ts';
import { checkClock } from './check-clock.ts';
import { Completion, named } from './completion.ts';
import { limitRun, LoopTick, type RunTick, type Tick } from './loop-run.ts';
import { holdStop, reportRejection } from './hold-stop.ts';

export type { RunTick, Tick };

/** A function that runs on a fixed grid (C44); Twisted's `LoopingCall`. Disposing it is like `stop()`, without an error if it has ended. */
export interface LoopingCall extends Disposable {
  /** `false` once it was stopped, has failed, or its clock has begun to stop. */
  readonly active: boolean;
  /** Ends the loop. A run under way goes on; `whenDone()` waits for it. Throws `LoopingCallStateError` if the loop has ended. */
  stop(): void;
  /** Moves the grid: the next run is one interval from now. Throws `LoopingCallStateError` if the loop has ended. */
  reset(): void;
  /** Resolves when the loop has ended and its last run has settled. With `onError: 'stop'` it rejects with the error of that run. */
  whenDone(): Promise<void>;
}

/** Options of {@link every}. */
export interface EveryOptions {
  /** `true`: the first run is in the next turn. `false`, the default: after one interval. */
  readonly now?: boolean;
  /**
   * `continue`, the default: an error is reported and the loop goes on. `stop`: it ends the loop and rejects `whenDone()`; a
   * loop of Twisted always does this.
   */
  readonly onError?: 'continue' | 'stop';
  /** Its name in reports and `pending()`. Default: the function's name, else `every`. */
  readonly name?: string;
  /** Aborting it stops the loop. */
  readonly signal?: AbortSignalLike;
  /** `true`, the default: a stop waits for a run under way, with `clock.waitUntil` (C68). `false`: it doesn't wait. */
  readonly hold?: boolean;
  /**
   * Delays each run at random by up to this fraction of the interval, so that many programs don't run at the same moment (C68). From 0, the
   * default, to 1. The grid stays as it is, and a run that `now` asks for isn't delayed.
   */
  readonly jitter?: number;
  /**
   * Milliseconds that the promise of a run may be pending (C68). At the limit the signal of the run aborts, the run has failed with
   * `TimeoutError`, and the loop goes on without it. Default: no limit.
   */
  readonly timeout?: number;
}

/**
 * Runs `fn` every `ms` milliseconds, on a grid that begins now (C44). A run that is late or slow skips slots. A run that returns a
 * promise delays the next one until it has settled. The interval 0 means once a turn. The loop ends when `clock.signal` aborts (C30).
 * [Twisted: `LoopingCall`]
 *
 * A stop waits for the run under way, within the limits of shutdown and before anything closes (C68). A long run should end when
 * `clock.signal` aborts. A run must not await the stop: it would wait for itself.
 *
 * Throws `RangeError` if `ms` or `timeout` is negative or NaN or `jitter` isn't from 0 to 1, and `TypeError` for an argument or option of
 * the wrong type.
 *
 * @example
 * ```ts
 * const heartbeat = every(reactor, 1_000, ({ missed }) => send({ missed }), { now: true });
 * ```
 */
export function every(
  clock: Clock,
  ms: number,
  fn: (tick: RunTick) => unknown,
  options: EveryOptions = {},
): LoopingCall {
  return new DisposableLoop(clock, ms, fn, options);
}

/** As `every`, for other functions that need a loop, such as `ticks`. `onEnd` is called once, when the loop ends. */
export function startLoop(
  clock: Clock,
  ms: number,
  fn: (tick: RunTick) => unknown,
  options: EveryOptions,
  onEnd: () => void,
): LoopingCall {
  return new DisposableLoop(clock, ms, fn, options, onEnd);
}

/** Each run schedules the next one, so all of them run in the async context of `every()` (N3). */
const IN_CONTEXT: CallOptions = { context: true };

const OPTIONS: readonly (keyof EveryOptions)[] = ['now', 'onError', 'name', 'signal', 'hold', 'jitter', 'timeout'];

class Loop implements LoopingCall {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #fn: (tick: RunTick) => unknown;
  readonly #name: string;
  readonly #stopOnError: boolean;
  readonly #jitter: number;
  readonly #timeout: number;
  /** A stop waits for the run under way, and reports its error (C68). */
  readonly #holds: boolean;
  /** How to stop listening to the two signals that end the loop. */
  readonly #listening: (() => void)[] = [];
  readonly #onEnd: (() => void) | undefined;
  readonly #completion: Completion<void> = new Completion();
  readonly #onCall: () => void;
  /** The time of slot 0. */
  #start: number;
  /** The slot of the last run. Missed slots are counted from here. */
  #slot: number;
  /** The slot of the next run. */
  #target = 0;
  #call: DelayedCall | undefined;
  #active = true;
  /** A run is under way, or its promise is pending. */
  #busy = false;

  constructor(clock: Clock, ms: number, fn: (tick: RunTick) => unknown, options: EveryOptions, onEnd?: () => void) {
    checkClock(clock, 'every()');
    checkMilliseconds(ms, 'An interval is');
    checkFunction(fn, 'The function of every()');
    checkKeys(options, OPTIONS, 'every()');
    const { now = false, onError = 'continue', name = nameOf(fn) || 'every', signal, hold = true } = options;
    const { jitter = 0, timeout = Infinity } = options;
    checkOptions(name, onError, jitter);
    checkMilliseconds(timeout, 'The timeout of a loop is');
    checkType(now, 'boolean', 'The now of every()');
    checkType(hold, 'boolean', 'The hold of every()');
    this.#clock = clock;
    this.#interval = ms;
    this.#fn = fn;
    this.#name = name;
    this.#stopOnError = onError === 'stop';
    this.#jitter = jitter;
    this.#timeout = timeout;
    this.#holds = hold;
    this.#onEnd = onEnd;
    this.#onCall = named(name, () => {
      this.#run();
    });
    this.#start = clock.now();
    this.#slot = now ? -1 : 0;
    // The caller's signal first: if it isn't a signal, this throws before anything listens.
    if (signal !== undefined) this.#listening.push(listenToAbort(signal, this.#end));
    this.#listening.push(listenToAbort(clock.signal, this.#end));
    if (this.#active) this.#waitFor(now ? 0 : 1);
    else this.#stopListening();
  }

  declare readonly [Symbol.dispose]: () => void;

  dispose(): void {
    this.#end();
  }

  get active(): boolean {
    return this.#active;
  }

  stop(): void {
    this.#requireActive('stop');
    this.#end();
  }

  reset(): void {
    this.#requireActive('reset');
    this.#start = this.#clock.now();
    this.#slot = 0;
    this.#target = 1;
    this.#call?.reset(this.#interval + this.#delay());
  }

  whenDone(): Promise<void> {
    return this.#completion.whenDone();
  }

  /** Ends the loop, once. `whenDone()` settles when the last run has settled. */
  readonly #end = (): void => {
    if (!this.#active) return;
    this.#active = false;
    this.#stopListening();
    this.#call?.[dispose]();
    this.#onEnd?.();
    if (!this.#busy) this.#completion.resolve();
  };

  #stopListening(): void {
    for (const stop of this.#listening.splice(0)) stop();
  }

  #waitFor(slot: number): void {
    const clock = this.#clock;
    if (this.#interval === 0) {
      clock.callSoon(this.#onCall, IN_CONTEXT);
      return;
    }
    this.#target = slot;
    const delay = slot === 0 ? 0 : this.#delay();
    this.#call = clock.callLater(Math.max(0, this.#timeOf(slot) + delay - clock.now()), this.#onCall, IN_CONTEXT);
  }

  /** How long after its slot a run comes: a random part of the interval. */
  #delay(): number {
    const longest = this.#jitter * this.#interval;
    return longest > 0 && longest < Infinity ? longest * randomOf(this.#clock) : 0;
  }

  #run(): void {
    if (!this.#active) return; // `callSoon` can't be cancelled
    this.#call = undefined;
    const tick = this.#tick(this.#clock.now());
    this.#busy = true;
    let run: Promise<unknown> | undefined;
    try {
      run = whenSettled(this.#limited(tick, this.#fn(tick)), this.#settled, this.#failed);
    } catch (error) {
      this.#failed(error); // throws it again: the clock reports it under the name of this call
      return;
    }
    if (run === undefined) this.#settled();
    else if (this.#holds) holdStop(this.#clock, this.#name, run);
    else reportRejection(this.#clock, this.#name, run);
  }

  #limited(tick: LoopTick, result: unknown): unknown {
    const limit = this.#timeout;
    return limit === Infinity ? result : limitRun(this.#clock, limit, this.#name, tick, result);
  }

  readonly #settled = (): void => {
    this.#busy = false;
    if (!this.#active) this.#completion.resolve();
    // A slot that is due now has run already.
    else this.#waitFor(Math.max(this.#slot, this.#slotAt(this.#clock.now())) + 1);
  };

  /** Throws the error again, unless `whenDone()` rejects with it. */
  readonly #failed = (error: unknown): void => {
    if (this.#stopOnError) {
      this.#end();
      if (this.#completion.reject(error)) return;
    } else this.#settled();
    throw error;
  };

  #tick(now: number): LoopTick {
    if (this.#interval === 0) return new LoopTick(now, 0);
    // The clock may call a little early: this is still the slot that was scheduled.
    const slot = Math.max(this.#target, this.#slotAt(now));
    const missed = slot - this.#slot - 1;
    this.#slot = slot;
    return new LoopTick(this.#timeOf(slot), missed);
  }

  /** Multiplied, not added up, so the grid doesn't drift. */
  #timeOf(slot: number): number {
    return slot === 0 ? this.#start : this.#start + slot * this.#interval; // 0 * Infinity is NaN
  }

  /** The last slot that is not after `now`. */
  #slotAt(now: number): number {
    const slot = Math.floor((now - this.#start) / this.#interval);
    if (this.#timeOf(slot) > now) return slot - 1;
    return this.#timeOf(slot + 1) <= now ? slot + 1 : slot;
  }

  #requireActive(what: string): void {
    if (this.#active) return;
    throw new LoopingCallStateError(
      `${what}() of the looping call "${this.#name}", which has ended: check \`active\` first, or start a new one.`,
    );
  }
}

const DisposableLoop = /* @__PURE__ */ disposable(Loop);

function checkOptions(name: unknown, onError: unknown, jitter: unknown): void {
  if (typeof name !== 'string') throw new TypeError(`The name of a loop is ${describeGiven(name)}: give a string`);
  checkOneOf(onError, ['continue', 'stop'], 'onError of a loop');
  const isFraction = (value: number): boolean => value >= 0 && value <= 1;
  checkNumber(jitter, isFraction, 'The jitter of a loop', 'a fraction of the interval, from 0 to 1');
}
