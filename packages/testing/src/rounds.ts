import type { ReactorBase } from '@triphase/core';
import { MAX_TURNS } from './patience.ts';

/** How many turns are made at one moment of virtual time. */
export class Rounds {
  readonly #reactor: ReactorBase;
  readonly #max: number;
  readonly #maxBatch: number;
  #left: number;
  /** Also of turns that were cut. */
  #turns = 0;
  #calls: number;
  #timedCalls: number;

  constructor(reactor: ReactorBase, max: number, maxBatch: number) {
    this.#reactor = reactor;
    this.#max = this.#left = max;
    this.#maxBatch = maxBatch;
    ({ calls: this.#calls, timedCalls: this.#timedCalls } = reactor.stats());
  }

  /** A new moment; the program rested before it, or it goes on without end. */
  begin(wasAtRest: boolean): void {
    this.#left = wasAtRest ? this.#max : 1;
    this.#turns = 0;
  }

  /** Asked after each turn. One that ran as many calls as a turn may was cut: the rest of what was due is not a round of its own. */
  isAnotherLeft(): boolean {
    const { calls, timedCalls } = this.#reactor.stats();
    const isCut = Math.max(calls - this.#calls, timedCalls - this.#timedCalls) >= this.#maxBatch;
    this.#calls = calls;
    this.#timedCalls = timedCalls;
    if (!isCut) this.#left--;
    return this.#left > 0 && ++this.#turns < MAX_TURNS;
  }
}

/** Whether a turn, and the promise jobs after it, have changed nothing that can be seen of a reactor. */
export class Rest {
  readonly #reactor: ReactorBase;
  #last = '';

  constructor(reactor: ReactorBase) {
    this.#reactor = reactor;
  }

  /** Asked after each turn, with what it returned. */
  isReached(wait: number): boolean {
    const { calls, timedCalls, errors } = this.#reactor.stats();
    const deadline = this.#reactor.now() + wait;
    const seen = [this.#reactor.state, calls, timedCalls, errors, deadline].join();
    const isReached = wait > 0 && seen === this.#last;
    this.#last = seen;
    return isReached;
  }
}
