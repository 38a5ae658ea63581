import type { ReactorBase } from '@triphase/core';
import { MAX_TURNS } from './patience.ts';

/** Counts the rounds at one moment of virtual time. A round is one turn, or several where turns are cut at `maxBatch` calls. */
export class Rounds {
  readonly #reactor: ReactorBase;
  readonly #max: number;
  readonly #maxBatch: number;
  #left: number;
  /** Turns at this moment, also those that were cut. */
  #turns = 0;
  #calls: number;
  #timedCalls: number;

  constructor(reactor: ReactorBase, max: number, maxBatch: number) {
    this.#reactor = reactor;
    this.#max = this.#left = max;
    this.#maxBatch = maxBatch;
    ({ calls: this.#calls, timedCalls: this.#timedCalls } = reactor.stats());
  }

  /** Begins a new moment. It may have `max` rounds if the program was at rest before, else one. */
  begin(wasAtRest: boolean): void {
    this.#left = wasAtRest ? this.#max : 1;
    this.#turns = 0;
  }

  /**
   * Asked after each turn: whether another one may follow at this moment. A turn that ran `maxBatch` calls was cut; the turn that runs the
   * rest belongs to the same round.
   */
  mayGoOn(): boolean {
    const { calls, timedCalls } = this.#reactor.stats();
    const isCut = Math.max(calls - this.#calls, timedCalls - this.#timedCalls) >= this.#maxBatch;
    this.#calls = calls;
    this.#timedCalls = timedCalls;
    if (!isCut) this.#left--;
    return this.#left > 0 && ++this.#turns < MAX_TURNS;
  }
}

/** Finds out whether a reactor is at rest: a turn, and the promise jobs after it, have changed nothing that can be seen of it. */
export class RestDetector {
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
