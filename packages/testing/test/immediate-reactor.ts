import { ReactorBase, type Host, type ReactorOptions } from '@triphase/core';

/** What it takes from the host beyond the record of core. */
type ImmediateHost = Host & Partial<Pick<typeof globalThis, 'setImmediate' | 'clearImmediate'>>;

/** Turns by `setImmediate`, all else as core gives it. */
export class ImmediateReactor extends ReactorBase {
  readonly #setImmediate: typeof setImmediate;
  readonly #clearImmediate: typeof clearImmediate;

  constructor(options: ReactorOptions = {}) {
    super(options);
    // Taken together with the record of core (C4); as: the kit gives what reactors of any host may take.
    const host = options.host as Partial<ImmediateHost> | undefined;
    this.#setImmediate = host?.setImmediate ?? globalThis.setImmediate;
    this.#clearImmediate = host?.clearImmediate ?? globalThis.clearImmediate;
  }

  protected override requestTurn(turn: () => void): () => void {
    const handle = this.#setImmediate.call(undefined, turn);
    return () => {
      this.#clearImmediate.call(undefined, handle);
    };
  }

  /** A timer that is never due while a test lasts. */
  protected override acquireKeepAlive(): Disposable | undefined {
    const release = super.setWakeup(2 ** 31 - 1, () => undefined);
    return { [Symbol.dispose]: release };
  }
}
