/** The longest that hosts wait: a longer timeout they fire at once. */
const MAX_WAKEUP = 2 ** 31 - 1;

/** What a subclass says of its loop; each returns its own cancel. */
export interface TurnHooks {
  requestTurn(turn: () => void): () => void;
  setWakeup(ms: number, turn: () => void): () => void;
  now(): number;
}

/** At most one requested turn and one wakeup are outstanding (C2). */
export class TurnRequests {
  readonly #hooks: TurnHooks;
  readonly #turn: () => void;
  #cancelTurn: (() => void) | undefined;
  #cancelWakeup: (() => void) | undefined;
  #wakesAt = Infinity;
  /** A turn was called that is not asked for: before its hook has returned, or after it was cancelled. */
  #isTooSoon = false;

  constructor(hooks: TurnHooks, turn: () => void) {
    this.#hooks = hooks;
    this.#turn = turn;
  }

  /** One turn as soon as the host gives it. */
  soon(): void {
    if (this.#cancelTurn !== undefined) return;
    this.#isTooSoon = false;
    this.#cancelTurn = this.#checked('requestTurn', this.#hooks.requestTurn(this.#onTurn));
  }

  /** No turn is wanted but at `deadline`. A wakeup that is set earlier stays: clearing it would cost each cancelled call two host calls (C2). */
  at(deadline: number): void {
    this.#dropTurn();
    if (deadline >= this.#wakesAt) return;
    this.#dropWakeup();
    // Rounded up, else hosts wake too early; at least 1, so that a wakeup that does come early never spins.
    const ms = Math.min(MAX_WAKEUP, Math.max(1, Math.ceil(deadline - this.#hooks.now())));
    this.#isTooSoon = false;
    this.#cancelWakeup = this.#checked('setWakeup', this.#hooks.setWakeup(ms, this.#onWakeup));
    this.#wakesAt = deadline;
  }

  /** Nothing of ours is left in the host. */
  release(): void {
    this.#dropTurn();
    this.#dropWakeup();
  }

  /** A subclass that gets a hook wrong is told at once: a reactor whose turn came too soon would never ask for another (C1). */
  #checked(hook: string, cancel: unknown): () => void {
    if (!this.#isTooSoon && typeof cancel === 'function') return cancel as () => void; // as: what the hook is to return
    throw new TypeError(
      `${hook}() ${this.#isTooSoon ? 'called its turn at once: call it later, from a macrotask' : 'returned no function: return one that cancels the request'}`,
    );
  }

  readonly #onTurn = (): void => {
    if (this.#cancelTurn === undefined) {
      this.#isTooSoon = true;
      return;
    }
    this.#cancelTurn = undefined;
    this.#turn();
  };

  readonly #onWakeup = (): void => {
    if (this.#cancelWakeup === undefined) {
      this.#isTooSoon = true;
      return;
    }
    this.#cancelWakeup = undefined;
    this.#wakesAt = Infinity;
    this.#turn();
  };

  #dropTurn(): void {
    const cancel = this.#cancelTurn;
    this.#cancelTurn = undefined;
    cancel?.();
  }

  #dropWakeup(): void {
    const cancel = this.#cancelWakeup;
    this.#cancelWakeup = undefined;
    this.#wakesAt = Infinity;
    cancel?.();
  }
}
