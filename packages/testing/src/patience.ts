import { listed, printable, type ReactorBase, type PendingItem } from '@triphase/core';
import { RunawayError } from './runaway-error.ts';

/** Turns after which a program counts as one that never comes to rest. */
export const MAX_TURNS = 10_000;

/** How long a program may go on without coming to rest. */
export class Patience {
  readonly #reactor: ReactorBase;
  readonly #maxTurns: number;
  readonly #blamed: readonly PendingItem['kind'][];
  #turns = 0;

  /** `blamed`: the kinds of pending items that are named first. */
  constructor(reactor: ReactorBase, maxTurns: number = MAX_TURNS, blamed: readonly PendingItem['kind'][] = ['call']) {
    this.#reactor = reactor;
    this.#maxTurns = maxTurns;
    this.#blamed = blamed;
  }

  /** Counts one more turn. Throws `RunawayError` if that is one too many. */
  spend(): void {
    if (++this.#turns <= this.#maxTurns) return;
    const culprit = this.#culprit()?.name ?? NOTHING;
    throw new RunawayError(
      `not at rest after ${this.#maxTurns} turns because of ${culprit}: end it first, or advance() by the time that is to pass`,
      culprit,
    );
  }

  /** The error for a program that waits for something and does nothing: no turn was wanted for `ms` of real time. */
  stalled(ms: number): RunawayError {
    const pending = this.#reactor.pending().filter(({ kind }) => this.#blamed.includes(kind));
    const names = listed(pending, describe) || NOTHING;
    return new RunawayError(
      `nothing has happened for ${ms} ms of real time, and the reactor is ${this.#reactor.state}: it waits for ${names}. Let that settle, give it a timeout, or raise patienceMs`,
      pending[0]?.name ?? NOTHING,
    );
  }

  #culprit(): PendingItem | undefined {
    const waiting = this.#reactor.pending();
    return (
      waiting.find(({ kind }) => this.#blamed.includes(kind)) ??
      waiting.find(({ kind }) => kind === 'call' || kind === 'timed-call')
    );
  }
}

const NOTHING = 'nothing that pending() lists';

function describe({ kind, name, event, phase }: PendingItem): string {
  const where = phase === undefined ? '' : ` (${printable(event)}, ${phase})`;
  return `${kind} "${printable(name)}"${where}`;
}
