import type { CallOptions, Clock } from '../src/ground/clock.ts';
import { ReactorStoppedError } from '../src/ground/errors.ts';
import { Slice } from '../src/turn/slice.ts';
import { TimerQueue, type Invoke, type ScheduledCall } from '../src/timed/timer-queue.ts';

/** A clock whose time passes and whose turns come only by hand; its timed calls are the real ones. */
export class HandClock implements Clock {
  readonly timers: TimerQueue = new TimerQueue(
    () => this.#now,
    () => {},
  );
  /** What calls threw, each with the name of its call. */
  readonly errors: { readonly name: string; readonly error: unknown }[] = [];
  turns = 0;
  readonly #controller = new AbortController();
  readonly #slice = new Slice(() => this.#now, Infinity, Infinity);
  #queued: (() => unknown)[] = [];
  #now: number;

  constructor(now = 0) {
    this.#now = now;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Names of what waits: queued calls, then timed ones. */
  get waiting(): string[] {
    return [...this.#queued.map((fn) => fn.name), ...this.timers.list().map((call) => call.name)];
  }

  now(): number {
    return this.#now;
  }

  callSoon(fn: () => unknown): void {
    this.#queued.push(fn);
  }

  callLater(ms: number, fn: () => unknown, options?: CallOptions): ScheduledCall {
    return this.timers.add(ms, fn, options);
  }

  /** Time passes while something runs, or without a turn. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Time passes up to `time`, to the last bit. */
  moveTo(time: number): void {
    this.#now = time;
  }

  /** Queued calls, then what is due. */
  turn(): void {
    this.turns++;
    for (const fn of this.#queued.splice(0)) this.#invoke(fn, fn.name);
    this.#slice.begin(this.#now);
    const invoke: Invoke = (fn, call) => {
      this.#invoke(fn, call.name);
    };
    this.timers.runDue(this.#now, this.#slice, invoke);
  }

  /** One turn after `ms`: what was due before then is late. */
  jump(ms: number): void {
    this.pass(ms);
    this.turn();
  }

  /** A turn at each deadline of the next `ms`, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.timers.nextDeadline(); next <= end; next = this.timers.nextDeadline()) {
      this.#now = Math.max(this.#now, next);
      this.turn();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** As `advance`, and promise jobs settle after each deadline. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.timers.nextDeadline(); next <= end; next = this.timers.nextDeadline()) {
      this.#now = Math.max(this.#now, next);
      this.turn();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Stopping begins. */
  stop(reason: unknown = { kind: 'stop' }): void {
    this.#controller.abort(reason);
  }

  /** The run is over; returns the error that was dropped with. */
  end(): ReactorStoppedError {
    const error = new ReactorStoppedError('The clock has ended');
    this.timers.drop(error, (thrown) => this.errors.push({ name: 'onDrop', error: thrown }));
    return error;
  }

  #invoke(fn: () => unknown, name: string): void {
    try {
      fn();
    } catch (error) {
      this.errors.push({ name, error });
    }
  }
}

/** All promise jobs that can run have run: a macrotask comes after them. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
