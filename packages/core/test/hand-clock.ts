import type { CallOptions, Clock } from '../src/ground/clock.ts';
import { ReactorStoppedError } from '../src/ground/errors.ts';
import { Slice } from '../src/turn/slice.ts';
import { TimerQueue, type Invoke, type ScheduledCall } from '../src/timed/timer-queue.ts';
import { settled } from './hand-turned-reactor.ts';

/** A clock that the test moves and turns by hand. Its timed calls are those of core. */
export class HandClock implements Clock {
  readonly timers: TimerQueue = new TimerQueue(
    () => this.#now,
    () => {},
  );
  /** The errors of calls, each with the name of its call. */
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

  /** The names of the pending calls: queued ones, then timed ones. */
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

  /** Moves the time on, without a turn. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Sets the time exactly, without a turn. */
  moveTo(time: number): void {
    this.#now = time;
  }

  /** Runs the queued calls, then the timed calls that are due. */
  turn(): void {
    this.turns++;
    for (const fn of this.#queued.splice(0)) this.#invoke(fn, fn.name);
    this.#slice.begin(this.#now);
    const invoke: Invoke = (fn, call) => {
      this.#invoke(fn, call.name);
    };
    this.timers.runDue(this.#now, this.#slice, invoke);
  }

  /** Moves the time on, then gives one turn: calls that were due before are late. */
  jump(ms: number): void {
    this.pass(ms);
    this.turn();
  }

  /** Moves the time on by `ms`, with a turn at each deadline. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.timers.nextDeadline(); next <= end; next = this.timers.nextDeadline()) {
      this.#now = Math.max(this.#now, next);
      this.turn();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** As `advance`. After each turn, promise jobs settle. */
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

  /** The run begins to stop. */
  stop(reason: unknown = { kind: 'stop' }): void {
    this.#controller.abort(reason);
  }

  /** Ends the run: drops all timed calls. Returns the error that they get. */
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
