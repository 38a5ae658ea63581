import { ReactorBase, type HostControl, type ReactorOptions } from '@triphase/core';

/** Turns of the host in a row, at most: a reactor that always asks for another one is not driven for ever. */
const MAX_TURNS = 200;

/** The methods of its host that a program may hook: each is called with the name of one of them. */
export type HostHook = 'acquireKeepAlive' | 'attachHost' | 'release keep-alive' | 'release host';

/** A reactor on a clock and a host of its own, so that a seed repeats a life exactly. Each hook of its host is told. */
export class HookedReactor extends ReactorBase {
  /** What the last `attachHost` was given. */
  control: HostControl | undefined;
  readonly #told: (hook: HostHook) => void;
  #time = 0;
  #turn: (() => void) | undefined;
  #wakeup: { readonly at: number; readonly turn: () => void } | undefined;
  #attached = 0;
  #heldAlive = 0;

  constructor(told: (hook: HostHook) => void, options: ReactorOptions) {
    super(options);
    this.#told = told;
  }

  protected override requestTurn(turn: () => void): () => void {
    this.#turn = turn;
    return () => {
      if (this.#turn === turn) this.#turn = undefined;
    };
  }

  protected override setWakeup(ms: number, turn: () => void): () => void {
    const wakeup = { at: this.#time + ms, turn };
    this.#wakeup = wakeup;
    return () => {
      if (this.#wakeup === wakeup) this.#wakeup = undefined;
    };
  }

  protected override hostNow(): number {
    return this.#time;
  }

  protected override acquireKeepAlive(): Disposable {
    this.#heldAlive++;
    this.#tellOr('acquireKeepAlive', () => this.#heldAlive--);
    return {
      [Symbol.dispose]: () => {
        this.#heldAlive--;
        this.#told('release keep-alive');
      },
    };
  }

  protected override attachHost(control: HostControl): Disposable {
    this.control = control;
    this.#attached++;
    this.#tellOr('attachHost', () => this.#attached--);
    return {
      [Symbol.dispose]: () => {
        this.#attached--;
        this.#told('release host');
      },
    };
  }

  /** A hook that throws holds nothing. */
  #tellOr(hook: HostHook, undo: () => void): void {
    try {
      this.#told(hook);
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** `1 turn, 1 host`: what the reactor has of its host at this moment; empty when it has nothing. */
  outstanding(): string {
    return [
      [this.#turn === undefined ? 0 : 1, 'turn'],
      [this.#wakeup === undefined ? 0 : 1, 'wakeup'],
      [this.#attached, 'attached'],
      [this.#heldAlive, 'held alive'],
    ]
      .filter(([count]) => count !== 0)
      .map(([count, what]) => `${String(count)} ${String(what)}`)
      .join(', ');
  }

  /** Gives the turns and wakeups that are asked for until `ms` have passed. */
  pass(ms: number): void {
    const end = this.#time + ms;
    for (let left = MAX_TURNS; left > 0; left--) {
      const turn = this.#turn;
      const wakeup = this.#wakeup;
      if (turn !== undefined) {
        this.#turn = undefined;
        turn();
      } else if (wakeup !== undefined && wakeup.at <= end) {
        this.#wakeup = undefined;
        this.#time = Math.max(this.#time, wakeup.at);
        wakeup.turn();
      } else break;
    }
    this.#time = end;
  }
}
