/** Kind `life`: the model of queued and timed calls. */
import type { DelayedCall, PendingItem } from '@triphase/core';
import type { Journal } from './journal.ts';

interface Timed {
  readonly handle: DelayedCall;
  time: number;
  /** Decides between equal times: the number of the `callLater`, `reset` or `delay` that set the time. */
  order: number;
}

/** A model of sections 5 and 6 of the contract: a plain list of queued calls, and one of timed calls that is sorted when it is needed. */
export class CallsModel {
  readonly #journal: Journal;
  readonly #queued: string[] = [];
  readonly #timed: Map<string, Timed> = new Map();
  #order = 0;
  #last: Pick<Timed, 'time' | 'order'> = { time: -Infinity, order: -1 };

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** A call was queued. */
  queued(name: string): void {
    this.#queued.push(name);
  }

  /** A queued call ran. C37: first in, first out. */
  ran(name: string): void {
    const next = this.#queued.shift();
    this.#check(name === next, 'C37', () => `${name} ran before ${String(next)}`);
  }

  /** A timed call was added or moved. */
  set(name: string, handle: DelayedCall): void {
    this.#timed.set(name, { handle, time: handle.time, order: this.#order++ });
  }

  /** A timed call was cancelled or dropped. */
  forget(name: string): void {
    this.#timed.delete(name);
  }

  /** A timed call ran. C40: by deadline, then in the order in which the deadlines were set. C39: never early. */
  ranTimed(name: string, now: number): void {
    const call = this.#timed.get(name);
    this.#timed.delete(name);
    this.#check(call !== undefined, 'C41', () => `${name} ran, but it was cancelled or had run before`);
    if (call === undefined) return;
    this.#check(call.time <= now, 'C39', () => `${name} ran ${String(call.time - now)} ms early`);
    this.#check(compare(this.#last, call) < 0, 'C40', () => `${name} ran after a call that was due later`);
    this.#last = { time: call.time, order: call.order };
  }

  /** C42: `listed` has the pending timed calls in their order. It also has calls that this model doesn't know, such as those of loops. */
  compareList(listed: readonly DelayedCall[]): void {
    const ours = new Set([...this.#timed.values()].map(({ handle }) => handle));
    const seen = listed.filter((call) => ours.has(call));
    const expected = [...this.#timed.values()].sort(compare).map(({ handle }) => handle);
    this.#check(
      seen.length === expected.length && seen.every((call, index) => call === expected[index]),
      'C42',
      () => `getDelayedCalls() has ${seen.join(', ')} instead of ${expected.join(', ')}`,
    );
  }

  /** C47: `pending` has the queued calls in their order. It also has calls of tasks, which this model doesn't know. */
  compareQueue(pending: readonly PendingItem[]): void {
    const seen = pending.filter(({ kind, name }) => kind === 'call' && name.startsWith('soon')).map(({ name }) => name);
    this.#check(
      seen.join() === this.#queued.join(),
      'C37, C47',
      () => `pending() has ${seen.join(', ')} instead of ${this.#queued.join(', ')}`,
    );
  }

  #check(holds: boolean, statement: string, what: () => string): void {
    this.#journal.check(holds, statement, what);
  }
}

function compare(a: Pick<Timed, 'time' | 'order'>, b: Pick<Timed, 'time' | 'order'>): number {
  return a.time === b.time ? a.order - b.order : a.time - b.time;
}
