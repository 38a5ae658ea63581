import type { Clock, DelayedCall, ReactorBase } from '@triphase/core';

/** A clock that the test moves. It records the times of timed calls, and makes a call only in `run()`. */
export class HandClock implements Clock {
  /** The times for which timed calls were scheduled. */
  readonly asked: number[] = [];
  readonly signal: Clock['signal'];
  readonly #reactor: ReactorBase;
  #time = 1_000;
  #fn: () => unknown = () => undefined;

  constructor(reactor: ReactorBase) {
    this.#reactor = reactor;
    this.signal = reactor.signal;
  }

  now(): number {
    return this.#time;
  }

  callSoon(fn: () => unknown): void {
    this.#fn = fn;
  }

  callLater(ms: number, fn: () => unknown): DelayedCall {
    this.#fn = fn;
    const ask = (delay: number): void => {
      this.asked.push(this.#time + delay);
    };
    ask(ms);
    // A real timed call that is never due, so that the result has all members of `DelayedCall`.
    return Object.assign(
      this.#reactor.callLater(Infinity, () => undefined),
      { reset: ask },
    );
  }

  pass(ms: number): void {
    this.#time += ms;
  }

  /** Makes the last scheduled call, a millisecond late. */
  run(): void {
    this.#time = (this.asked.at(-1) ?? NaN) + 1;
    this.#fn();
  }
}
