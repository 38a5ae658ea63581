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

  constructor(hooks: TurnHooks, turn: () => void) {
    this.#hooks = hooks;
    this.#turn = turn;
  }

  /** One turn as soon as the host gives it. */
  soon(): void {
    this.#cancelTurn ??= this.#hooks.requestTurn(this.#onTurn);
  }

  /** No turn is wanted but at `deadline`. A wakeup that is set earlier stays: clearing it would cost each cancelled call two host calls (C2). */
  at(deadline: number): void {
    this.#dropTurn();
    if (deadline >= this.#wakesAt) return;
    this.#dropWakeup();
    this.#wakesAt = deadline;
    // Rounded up, else hosts wake too early; at least 1, so that a wakeup that does come early never spins.
    const ms = Math.min(MAX_WAKEUP, Math.max(1, Math.ceil(deadline - this.#hooks.now())));
    this.#cancelWakeup = this.#hooks.setWakeup(ms, this.#onWakeup);
  }

  /** Nothing of ours is left in the host. */
  release(): void {
    this.#dropTurn();
    this.#dropWakeup();
  }

  readonly #onTurn = (): void => {
    this.#cancelTurn = undefined;
    this.#turn();
  };

  readonly #onWakeup = (): void => {
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
