import {
  HostMissingError,
  ReactorBase,
  type AnyEvents,
  type ReactorOptions,
  type RunResult,
  type StopReason,
} from '@triphase/core';

/** workerd's own class. Like all I/O of workerd, a socket belongs to the request that made it. */
type SocketPair = new () => readonly [{ readonly readyState: number }];

/**
 * The reactor of hosts that have nothing but timers, such as workerd: each turn is a `setTimeout` of 0 ms. On workerd make and run one for each
 * request, in the handler (D8). `run()` outside of a request throws `HostMissingError`. Called from another request, methods that need a
 * timer throw it too, and `stop()` rejects with it (D8).
 */
class TimerReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  /** On workerd: belongs to the request of the run. A use of it in another request throws. */
  #requestSocket: { readonly readyState: number } | undefined;

  protected override requestTurn(turn: () => void): () => void {
    return this.setWakeup(0, turn);
  }

  /** A timer ends with the request that has set it: one of another request might never fire. */
  protected override setWakeup(ms: number, turn: () => void): () => void {
    this.#checkRequest();
    return super.setWakeup(ms, turn);
  }

  /**
   * Sets a timer and takes it back: outside of a request workerd throws for it, and so does `run()`. Without this check a run that
   * has nothing to do yet would start outside of a request, and never stop.
   */
  protected override attachHost(): undefined {
    try {
      super.setWakeup(0, () => undefined)();
    } catch (cause) {
      const message = 'run() was called outside of a request, where there are no timers: call it in the fetch handler';
      throw new HostMissingError(message, { cause });
    }
    const { WebSocketPair } = globalThis as { readonly WebSocketPair?: SocketPair };
    this.#requestSocket = WebSocketPair && new WebSocketPair()[0];
  }

  /** Rejects with `HostMissingError` when another request calls it. */
  override stop(reason?: StopReason): Promise<RunResult> {
    try {
      this.#checkRequest();
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is a HostMissingError
      return Promise.reject(error);
    }
    return super.stop(reason);
  }

  #checkRequest(): void {
    try {
      if (this.#requestSocket !== undefined) Reflect.get(this.#requestSocket, 'readyState'); // throws in another request
    } catch (cause) {
      const message = 'the reactor was called from another request than its own: make one reactor for each request';
      throw new HostMissingError(message, { cause });
    }
  }
}

/** {@inheritDoc CreateReactor} */
export function createTimerReactor<E extends object = AnyEvents>(options?: ReactorOptions): ReactorBase<E> {
  return new TimerReactor<E>(options);
}
