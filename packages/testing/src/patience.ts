import type { ReactorBase, Waiting } from '@triphase/core';
import { RunawayError } from './runaway-error.ts';

/** Turns after which a program counts as one that never comes to rest. */
export const MAX_TURNS = 10_000;

/** How long a program may go on without coming to rest. */
export class Patience {
  readonly #reactor: ReactorBase;
  readonly #maxTurns: number;
  readonly #blamed: readonly Waiting['kind'][];
  #turns = 0;

  /** `blamed`: the kinds of what is waiting that are named before others. */
  constructor(reactor: ReactorBase, maxTurns: number = MAX_TURNS, blamed: readonly Waiting['kind'][] = ['call']) {
    this.#reactor = reactor;
    this.#maxTurns = maxTurns;
    this.#blamed = blamed;
  }

  /** One more turn. */
  spend(): void {
    if (++this.#turns <= this.#maxTurns) return;
    const culprit = this.#culprit()?.name ?? 'nothing that pending() lists';
    throw new RunawayError(
      `not at rest after ${this.#maxTurns} turns because of ${culprit}: end it first, or advance() by the time that is to pass`,
      culprit,
    );
  }

  #culprit(): Waiting | undefined {
    const waiting = this.#reactor.pending();
    return (
      waiting.find(({ kind }) => this.#blamed.includes(kind)) ??
      waiting.find(({ kind }) => kind === 'call' || kind === 'timed-call')
    );
  }
}
