import { checkMilliseconds } from '../check-milliseconds.ts';
import type { CallOptions, Clock, DelayedCall } from '../clock.ts';
import { LoopingCallStateError } from '../errors.ts';
import { dispose, type AbortSignalLike } from '../host.ts';
import { nameOf } from '../printable.ts';
import { whenSettled } from '../thenable.ts';
import { checkFunction } from '../check-function.ts';
import { Completion, named, report } from './completion.ts';

/** What a run of a looping call is told (C44). */
export interface Tick {
  /** The grid slot it runs for, milliseconds on the clock; with the interval 0 the time of the run. */
  readonly time: number;
  /** How many slots went by without a run since the last one. */
  readonly missed: number;
}

/** A function that runs on a fixed grid (C44); Twisted's `LoopingCall`. Disposing stops it and forgives: no error when it has ended. */
export interface LoopingCall extends Disposable {
  /** It has not ended: neither stopped, nor failed, nor has its clock begun to stop. */
  readonly active: boolean;
  /** No run begins any more; one that is pending is not waited for, but by `whenDone()`. Throws `LoopingCallStateError` when it has ended. */
  stop(): void;
  /** Moves the grid to now: the next run is one interval from now. Throws `LoopingCallStateError` when it has ended. */
  reset(): void;
  /** Settles when the loop has ended and its last run settled; rejects only with `onError: 'stop'`. */
  whenDone(): Promise<void>;
}

/** Options of {@link every}. */
export interface EveryOptions {
  /** The first slot is now: the first run comes next turn, not after an interval. */
  readonly now?: boolean;
  /** `continue`, the default: an error is reported and the next slot comes. `stop`: it ends the loop and rejects `whenDone()`. [Twisted: stop] */
  readonly onError?: 'continue' | 'stop';
  /** What reports and `pending()` call it; default: the function's name, else `every`. */
  readonly name?: string;
  /** Aborting it stops the loop. */
  readonly signal?: AbortSignalLike;
  /** `true`, the default: a stop waits for a run under way, by `clock.waitUntil` (C68). `false`: nobody waits for it. */
  readonly hold?: boolean;
}

/**
 * Runs `fn` every `ms` milliseconds, on the grid that begins now; a run that is late or slow skips slots, and a promise holds back the
 * next run (C44). The interval 0 is once a turn. It ends when `clock.signal` aborts (C30). Throws `RangeError` when `ms` is negative or
 * NaN. [Twisted: `LoopingCall`]
 *
 * A stop waits for the promise of a run under way, within the limits of shutdown, and before anything closes (C68): a run that takes
 * long should end when `clock.signal` aborts. A run that itself awaits the stop would wait for itself: do not await it there.
 *
 * @example
 * ```ts
 * const heartbeat = every(reactor, 1_000, ({ missed }) => send({ missed }), { now: true });
 * ```
 */
export function every(clock: Clock, ms: number, fn: (tick: Tick) => unknown, options: EveryOptions = {}): LoopingCall {
  return new Loop(clock, ms, fn, options);
}

/** The same, for other tasks; `onEnd` is called once, as soon as no run can begin any more. */
export function startLoop(
  clock: Clock,
  ms: number,
  fn: (tick: Tick) => unknown,
  options: EveryOptions,
  onEnd: () => void,
): LoopingCall {
  return new Loop(clock, ms, fn, options, onEnd);
}

/** Each run is asked for from the one before: so all of them keep the context of the first (N3). */
const IN_CONTEXT: CallOptions = { context: true };

class Loop implements LoopingCall {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #fn: (tick: Tick) => unknown;
  readonly #name: string;
  readonly #stopOnError: boolean;
  /** A stop waits for a run under way, and hears of its error (C68). */
  readonly #holds: boolean;
  readonly #signals: readonly AbortSignalLike[];
  readonly #onEnd: (() => void) | undefined;
  readonly #completion: Completion<void> = new Completion();
  readonly #onCall: () => void;
  /** When slot 0 was. */
  #start: number;
  /** The slot of the last run; that from which the missed ones are counted. */
  #slot: number;
  /** The slot that is waited for. */
  #target = 0;
  #call: DelayedCall | undefined;
  #active = true;
  /** A run is under way or its promise pends. */
  #busy = false;

  constructor(clock: Clock, ms: number, fn: (tick: Tick) => unknown, options: EveryOptions, onEnd?: () => void) {
    checkMilliseconds(ms, 'An interval is');
    checkFunction(fn, 'The function of every()');
    const { now = false, onError, name = nameOf(fn) || 'every', signal, hold = true } = options;
    this.#clock = clock;
    this.#interval = ms;
    this.#fn = fn;
    this.#name = name;
    this.#stopOnError = onError === 'stop';
    this.#holds = hold && clock.waitUntil !== undefined;
    this.#signals = signal === undefined ? [clock.signal] : [clock.signal, signal];
    this.#onEnd = onEnd;
    this.#onCall = named(name, () => {
      this.#run();
    });
    this.#start = clock.now();
    this.#slot = now ? -1 : 0;
    for (const each of this.#signals) each.addEventListener('abort', this.#end);
    if (this.#signals.some(({ aborted }) => aborted)) this.#end();
    else this.#waitFor(now ? 0 : 1);
  }

  /** A method and no static block: bundlers keep a class that runs code, even one that nobody uses (B14). */
  [dispose](): void {
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
    this.#call?.reset(this.#interval);
  }

  whenDone(): Promise<void> {
    return this.#completion.whenDone();
  }

  /** Ends the loop, if that has not happened; the completion comes when the last run has settled. */
  readonly #end = (): void => {
    if (!this.#active) return;
    this.#active = false;
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#end);
    this.#call?.[dispose]();
    this.#onEnd?.();
    if (!this.#busy) this.#completion.resolve();
  };

  #waitFor(slot: number): void {
    const clock = this.#clock;
    if (this.#interval === 0) {
      clock.callSoon(this.#onCall, IN_CONTEXT);
      return;
    }
    this.#target = slot;
    this.#call = clock.callLater(Math.max(0, this.#timeOf(slot) - clock.now()), this.#onCall, IN_CONTEXT);
  }

  #run(): void {
    if (!this.#active) return; // a call of callSoon cannot be cancelled
    this.#call = undefined;
    const tick = this.#tick(this.#clock.now());
    this.#busy = true;
    let run: Promise<unknown> | undefined;
    try {
      run = whenSettled(this.#fn(tick), this.#settled, this.#failed);
    } catch (error) {
      this.#failed(error); // to the error path of the clock, under the name of this call
      return;
    }
    if (run === undefined) this.#settled();
    else this.#holdStop(run);
  }

  #holdStop(run: Promise<unknown>): void {
    try {
      if (this.#holds) {
        this.#clock.waitUntil?.(run, { name: this.#name });
        return;
      }
    } catch {
      // The run has ended the clock itself: nobody is left to wait for it.
    }
    run.catch((error: unknown) => {
      report(this.#clock, this.#name, error);
    });
  }

  readonly #settled = (): void => {
    this.#busy = false;
    if (!this.#active) this.#completion.resolve();
    // A slot that is due now is not run again.
    else this.#waitFor(Math.max(this.#slot, this.#slotAt(this.#clock.now())) + 1);
  };

  /** Throws the error on, unless somebody hears of it by `whenDone()`. */
  readonly #failed = (error: unknown): void => {
    if (this.#stopOnError) {
      this.#end();
      if (this.#completion.reject(error)) return;
    } else this.#settled();
    throw error;
  };

  #tick(now: number): Tick {
    if (this.#interval === 0) return { time: now, missed: 0 };
    // The slot that was waited for has come, even if rounding says that it is a hair away.
    const slot = Math.max(this.#target, this.#slotAt(now));
    const missed = slot - this.#slot - 1;
    this.#slot = slot;
    return { time: this.#timeOf(slot), missed };
  }

  /** Multiplied, not added up: the grid does not drift. */
  #timeOf(slot: number): number {
    return slot === 0 ? this.#start : this.#start + slot * this.#interval; // never 0 * Infinity
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
      `${what}() of the looping call "${this.#name}", which has ended: ask \`active\` first, or start a new one.`,
    );
  }
}
