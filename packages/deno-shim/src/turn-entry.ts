import type { DenoFunctions } from './take-deno-host.ts';

interface Request {
  readonly turn: () => void;
}

/**
 * Gives turns by microtask where that harms nobody, else by `setImmediate` (D2). A turn is entered by a microtask only if the host has had
 * a macrotask to itself since the last turn: so microtasks alone never drive the reactor, and the promise jobs of
 * a turn are done before the next one (C36).
 *
 *     quiet ── request ──► a microtask enters the turn ─┐
 *       ▲                                               ▼
 *       └── the immediate comes, no turn is wanted ── an immediate is outstanding ◄─┐
 *                                                       └── it comes: next turn ────┘
 */
export class TurnEntry {
  readonly #host: DenoFunctions;
  #request: Request | undefined;
  /** The immediate that is set when a turn is requested or runs; undefined once it has come. */
  #immediate: unknown;
  #isQuiet = true;

  constructor(host: DenoFunctions) {
    this.#host = host;
  }

  /** Enters `turn` once, soon. Returns a function that cancels it. */
  request(turn: () => void): () => void {
    const request = { turn };
    this.#request = request;
    if (this.#isQuiet) this.#host.queueMicrotask(this.#enter);
    this.#armImmediate();
    return () => {
      if (this.#request === request) this.#request = undefined;
    };
  }

  /** Runs a turn that a macrotask of the host enters by itself: a wakeup. */
  run(turn: () => void): void {
    this.#armImmediate();
    turn();
  }

  /** Leaves nothing in the host. */
  release(): void {
    if (this.#immediate !== undefined) this.#host.clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }

  /** Sets the immediate, unless it is set. Until it comes, no turn is entered by a microtask. */
  #armImmediate(): void {
    this.#isQuiet = false;
    this.#immediate ??= this.#host.setImmediate(this.#onImmediate);
  }

  readonly #onImmediate = (): void => {
    this.#immediate = undefined;
    if (this.#request === undefined) this.#isQuiet = true;
    else {
      this.#armImmediate();
      this.#enter();
    }
  };

  readonly #enter = (): void => {
    const request = this.#request;
    this.#request = undefined;
    request?.turn();
  };
}
