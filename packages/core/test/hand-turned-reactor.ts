import { ReactorBase, type AnyEvents, type CoreEvents } from '@triphase/core';

/** A reactor whose host is the test: calls run, and time passes, only by `advance` and `pump`. */
export class HandTurnedReactor<E extends object = AnyEvents, B extends CoreEvents = CoreEvents> extends ReactorBase<
  E,
  B
> {
  #now = 0;
  #turn: (() => void) | undefined;
  #wakeup: { readonly at: number; readonly turn: () => void } | undefined;

  protected override requestTurn(turn: () => void): () => void {
    this.#turn = turn;
    return () => {
      this.#turn = undefined;
    };
  }

  protected override setWakeup(ms: number, turn: () => void): () => void {
    const wakeup = { at: this.#now + ms, turn };
    this.#wakeup = wakeup;
    return () => {
      if (this.#wakeup === wakeup) this.#wakeup = undefined;
    };
  }

  protected override hostNow(): number {
    return this.#now;
  }

  /** Whether the reactor has requested a turn. */
  get turnRequested(): boolean {
    return this.#turn !== undefined;
  }

  /** Whether the reactor has set a wakeup. */
  get wakeupRequested(): boolean {
    return this.#wakeup !== undefined;
  }

  /** Runs requested turns until none is requested. */
  pump(): void {
    for (let turns = 0; this.#turn !== undefined; turns++) {
      if (turns === 10_000) throw new Error('10 000 turns were requested in a row');
      const turn = this.#turn;
      this.#turn = undefined;
      turn();
    }
  }

  /** Moves the clock on by `ms` at once. Then gives a turn, if the wakeup is due. */
  advance(ms: number): void {
    this.#now += ms;
    const wakeup = this.#wakeup;
    if (wakeup !== undefined && wakeup.at <= this.#now) {
      this.#wakeup = undefined;
      wakeup.turn();
    }
    this.pump();
  }
}

/** Resolves once all promise jobs have run: a macrotask comes after them. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Three times: waits for all promise jobs, then runs the requested turns. Waits for promise jobs once more at the end. */
export async function rest(reactor: HandTurnedReactor): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await settled();
    reactor.pump();
  }
  await settled();
}
