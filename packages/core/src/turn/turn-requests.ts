import { LONGEST_TIMEOUT } from '../ground/longest-timeout.ts';

/** The hooks that a subclass implements, and the clock. Both hooks return a function that cancels the request. */
export interface TurnHooks {
  requestTurn(turn: () => void): () => void;
  setWakeup(ms: number, turn: () => void): () => void;
  now(): number;
}

/** Called if a cancel function that a hook returned throws. */
export type ReportHook = (error: unknown, hook: string) => void;

/** The pending requests to the host: at most one turn and one wakeup (C2). */
export class TurnRequests {
  readonly #hooks: TurnHooks;
  readonly #turn: HostRequest;
  readonly #wakeup: HostRequest;
  #wakesAt = Infinity;

  /** `turn` is called by the host. */
  constructor(hooks: TurnHooks, turn: () => void, report: ReportHook) {
    this.#hooks = hooks;
    this.#turn = new HostRequest('requestTurn', (onTurn) => hooks.requestTurn(onTurn), turn, report);
    this.#wakeup = new HostRequest('setWakeup', (onTurn, ms) => hooks.setWakeup(ms, onTurn), turn, report);
  }

  /** Requests one turn as soon as possible. Throws what the hook throws, and `TypeError` when the hook breaks its rules (C1). */
  soon(): void {
    if (!this.#turn.isPending) this.#turn.make(0);
  }

  /**
   * Requests one turn at `deadline` and none before. If a wakeup for an earlier time is set, it stays. It comes once, in vain; to replace
   * it would cost two calls of the host for each timed call that is cancelled (C2). Throws as `soon`.
   */
  at(deadline: number): void {
    this.#turn.cancel();
    if (deadline >= (this.#wakeup.isPending ? this.#wakesAt : Infinity)) return;
    this.#wakeup.cancel();
    // Rounded up, since hosts would wake too early; at least 1, so that a wakeup that comes early all the same can't become a busy loop.
    const ms = Math.min(LONGEST_TIMEOUT, Math.max(1, Math.ceil(deadline - this.#hooks.now())));
    this.#wakeup.make(ms);
    this.#wakesAt = deadline;
  }

  /** Cancels both requests. */
  release(): void {
    this.#turn.cancel();
    this.#wakeup.cancel();
  }
}

/** Calls a hook. It should return a function that cancels the request. */
type CallHook = (onTurn: () => void, ms: number) => unknown;

/**
 * A request to the host, pending or not. The function that calls the hook is made once: a closure in `soon()` would allocate memory in each
 * `callSoon()` (benchmark: P6).
 */
class HostRequest {
  readonly #hook: string;
  readonly #request: CallHook;
  readonly #onCalled: () => void;
  readonly #report: ReportHook;
  /** What the hook returned; undefined when nothing is requested. */
  #cancel: (() => void) | undefined;
  /** Turns that were ignored, since none was requested. */
  #ignored = 0;

  constructor(hook: string, request: CallHook, onCalled: () => void, report: ReportHook) {
    this.#hook = hook;
    this.#request = request;
    this.#onCalled = onCalled;
    this.#report = report;
  }

  get isPending(): boolean {
    return this.#cancel !== undefined;
  }

  /** A hook that breaks the rules is an error at once: otherwise the reactor would wait for a turn that never comes (C1). */
  make(ms: number): void {
    const ignored = this.#ignored;
    const cancel = this.#request(this.#onTurn, ms);
    if (this.#ignored > ignored)
      throw new TypeError(`${this.#hook}() called its turn at once: call it later, from a macrotask`);
    if (typeof cancel !== 'function')
      throw new TypeError(`${this.#hook}() returned no function: return one that cancels the request`);
    this.#cancel = cancel as () => void; // as: what the hook is to return
  }

  /** If a cancel function throws, that is reported and not thrown, so that the end of the run goes on. */
  cancel(): void {
    const cancel = this.#cancel;
    this.#cancel = undefined;
    try {
      cancel?.();
    } catch (error) {
      this.#report(error, this.#hook);
    }
  }

  readonly #onTurn = (): void => {
    // Called at once, twice, or after it was cancelled.
    if (this.#cancel === undefined) {
      this.#ignored++;
      return;
    }
    this.#cancel = undefined;
    this.#onCalled();
  };
}
