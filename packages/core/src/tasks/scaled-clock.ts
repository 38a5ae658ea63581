import { checkKeys } from '../ground/check-keys.ts';
import { checkNumber } from '../ground/check-number.ts';
import type { CallOptions, Clock, DelayedCall } from '../ground/clock.ts';
import type { ReactorStoppedError } from '../ground/errors.ts';
import { dispose, type HostAbortSignal } from '../ground/host.ts';
import { whenSettled } from '../ground/thenable.ts';
import { TimerQueue, type Invoke } from '../timed/timer-queue.ts';
import { Slice } from '../turn/slice.ts';
import { checkClock } from './check-clock.ts';
import { report } from './completion.ts';

/** A clock whose time can run faster or slower than that of another clock, and stand still (B25). */
export interface ScaledClock extends Clock {
  /** Its milliseconds for each millisecond of the other clock. It can be set at any time. `RangeError` below 0 or not finite. */
  rate: number;
  /** Stops its time. Calls that are due later wait. Does nothing if it is paused. */
  pause(): void;
  /** Its time goes on where it stopped. Does nothing if it isn't paused. */
  resume(): void;
}

/** How long one turn runs timed calls: milliseconds of the other clock, and calls. */
const SLICE_MS = 5;
const SLICE_CALLS = 1_000;

/**
 * Makes a clock whose time runs at `rate` times the time of `clock`, and can be paused: the time of a game (B25). It begins at
 * `clock.now()`. Only `now()` and `callLater` are scaled. Its signal, `callSoon`, `waitUntil`, `wallNow` and `random` are those of `clock`.
 *
 * Throws `RangeError` if `rate` is negative or not finite, and `TypeError` for an argument of the wrong type.
 *
 * @example
 * ```ts
 * const game = scaledClock(reactor, { rate: 0.5 }); // slow motion
 * every(game, 100, moveEnemies);
 * pauseButton.onclick = () => game.pause();
 * ```
 */
export function scaledClock(clock: Clock, options: { readonly rate?: number } = {}): ScaledClock {
  checkClock(clock, 'scaledClock()');
  checkKeys(options, ['rate'], 'scaledClock()');
  const { rate = 1 } = options;
  checkRate(rate);
  return new Scaled(clock, rate);
}

class Scaled implements ScaledClock {
  readonly #clock: Clock;
  readonly #timers: TimerQueue = new TimerQueue(
    () => this.now(),
    () => {
      this.#arm();
    },
  );
  readonly #slice: Slice;
  #rate: number;
  #isPaused = false;
  /** One moment, by the other clock and by this one. Time is counted from there. */
  #from: { readonly clock: number; readonly own: number };
  /** The call of the other clock for the first deadline. While any call is pending, its `onDrop` tells that the run has ended. */
  #wakeup: DelayedCall | undefined;
  /** The deadline that the wakeup is set to. */
  #deadline = Infinity;
  readonly waitUntil?: NonNullable<Clock['waitUntil']>;
  readonly wallNow?: NonNullable<Clock['wallNow']>;
  readonly random?: NonNullable<Clock['random']>;

  constructor(clock: Clock, rate: number) {
    const now = clock.now();
    this.#clock = clock;
    this.#rate = rate;
    this.#from = { clock: now, own: now };
    this.#slice = new Slice(() => clock.now(), SLICE_MS, SLICE_CALLS);
    const { waitUntil, wallNow, random } = clock;
    if (waitUntil !== undefined) this.waitUntil = waitUntil.bind(clock);
    if (wallNow !== undefined) this.wallNow = wallNow.bind(clock);
    if (random !== undefined) this.random = random.bind(clock);
  }

  get signal(): HostAbortSignal {
    return this.#clock.signal;
  }

  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    checkRate(rate);
    this.#setTime(this.now());
    this.#rate = rate;
    this.#arm();
  }

  pause(): void {
    this.#setTime(this.now());
    this.#isPaused = true;
    this.#arm();
  }

  resume(): void {
    this.#setTime(this.now());
    this.#isPaused = false;
    this.#arm();
  }

  now(): number {
    const { clock, own } = this.#from;
    return own + (this.#clock.now() - clock) * this.#speed;
  }

  callSoon(fn: () => unknown, options?: Pick<CallOptions, 'context'>): void {
    this.#clock.callSoon(fn, options);
  }

  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall {
    const call = this.#timers.add(ms, fn, options);
    if (this.#wakeup?.active !== true) this.#arm(); // also for a call that is never due
    return call;
  }

  /** For tasks: they report to a clock that has this method. */
  report(error: unknown, { name }: { readonly name: string }): void {
    report(this.#clock, name, error);
  }

  get #speed(): number {
    return this.#isPaused ? 0 : this.#rate;
  }

  #setTime(own: number): void {
    this.#from = { clock: this.#clock.now(), own };
  }

  /** Sets the wakeup to the first deadline. */
  #arm(): void {
    this.#deadline = this.#timers.nextDeadline();
    if (this.#timers.size === 0) {
      this.#wakeup?.[dispose]();
      return;
    }
    const wait = Math.max(0, this.#deadline - this.now()) / this.#speed; // at the speed 0 it is Infinity, or NaN
    const ms = this.#speed === 0 ? Infinity : wait;
    if (this.#wakeup?.active === true) this.#wakeup.reset(ms);
    else this.#wakeup = this.#clock.callLater(ms, this.#run, { name: 'scaledClock', onDrop: this.#drop });
  }

  readonly #run = (): void => {
    // By a rounding error, the other clock may call just before the deadline. Without this, the next wakeup might be at the same moment, for ever.
    const now = Math.max(this.now(), this.#deadline);
    this.#setTime(now);
    this.#slice.begin(this.#clock.now());
    this.#timers.runDue(now, this.#slice, this.#invoke);
    this.#arm();
  };

  readonly #invoke: Invoke = (fn, { name }) => {
    const failed = (error: unknown): void => {
      report(this.#clock, name, error);
    };
    try {
      void whenSettled(fn(), () => undefined, failed);
    } catch (error) {
      failed(error);
    }
  };

  readonly #drop = (error: ReactorStoppedError): void => {
    this.#timers.drop(error, (failure) => {
      report(this.#clock, 'onDrop', failure);
    });
  };
}

function checkRate(rate: unknown): void {
  checkNumber(rate, (value) => value >= 0 && value < Infinity, 'The rate of a clock', 'a number from 0');
}
