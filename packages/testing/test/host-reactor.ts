import { ReactorBase, type AnyEvents, type Host, type ReactorOptions } from '@triphase/core';

/** A reactor whose turns and wakeups are timers of its host record. */
export class HostReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #setTimeout: Host['setTimeout'];
  readonly #clearTimeout: Host['clearTimeout'];

  constructor(options: ReactorOptions = {}) {
    super(options);
    const { setTimeout, clearTimeout } = globalThis;
    this.#setTimeout = options.host?.setTimeout ?? ((callback, ms) => setTimeout(callback, ms));
    this.#clearTimeout =
      options.host?.clearTimeout ??
      ((handle) => {
        clearTimeout(handle as NodeJS.Timeout); // as: it came from setTimeout
      });
  }

  protected override requestTurn(turn: () => void): () => void {
    const handle = this.#setTimeout(turn, 0);
    return () => {
      this.#clearTimeout(handle);
    };
  }
}
