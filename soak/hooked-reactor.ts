/** Kind `reentrant`: the reactor of its lives. */
import { ReactorBase, type HostControl, type ReactorOptions } from '@triphase/core';

/** Maximum number of turns in one `pass()`, since a turn may request the next one without end. */
const MAX_TURNS = 200;

/** The names of the host hooks, which the callback gets. */
export type HostHook = 'acquireKeepAlive' | 'attachHost' | 'release keep-alive' | 'release host';

/** A reactor in virtual time, so that a seed repeats a program exactly. It calls `onHook` in each host hook. */
export class HookedReactor extends ReactorBase {
  /** The argument of the last `attachHost`. */
  control: HostControl | undefined;
  readonly #onHook: (hook: HostHook) => void;
  #time = 0;
  #turn: (() => void) | undefined;
  #wakeup: { readonly at: number; readonly turn: () => void } | undefined;
  #attached = 0;
  #heldAlive = 0;

  constructor(onHook: (hook: HostHook) => void, options: ReactorOptions) {
    super(options);
    this.#onHook = onHook;
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
    this.#callHook('acquireKeepAlive', () => this.#heldAlive--);
    return {
      [Symbol.dispose]: () => {
        this.#heldAlive--;
        this.#onHook('release keep-alive');
      },
    };
  }

  protected override attachHost(control: HostControl): Disposable {
    this.control = control;
    this.#attached++;
    this.#callHook('attachHost', () => this.#attached--);
    return {
      [Symbol.dispose]: () => {
        this.#attached--;
        this.#onHook('release host');
      },
    };
  }

  /** If the callback throws, the hook has failed, and the reactor holds nothing. */
  #callHook(hook: HostHook, undo: () => void): void {
    try {
      this.#onHook(hook);
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** What the reactor holds of its host now, as text such as `1 turn, 1 attached`. Empty if it holds nothing. */
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

  /** Advances the clock by `ms`, and runs the turns and wakeups that are due. */
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
