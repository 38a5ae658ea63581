import { ReactorBase, type Host, type ReactorOptions } from '@triphase/core';

/** The functions of the host that `ImmediateReactor` needs beyond those of core. */
type ImmediateHost = Host & Partial<Pick<typeof globalThis, 'setImmediate' | 'clearImmediate'>>;

/** A reactor whose turns come by `setImmediate`. The rest is that of `ReactorBase`. */
export class ImmediateReactor extends ReactorBase {
  readonly #setImmediate: typeof setImmediate;
  readonly #clearImmediate: typeof clearImmediate;

  constructor(options: ReactorOptions = {}) {
    super(options);
    // Read in the constructor, like the record of core (C4). as: the record of the kit has the functions of any host.
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

  /** A timer that is not due during a test. */
  protected override acquireKeepAlive(): Disposable | undefined {
    const release = super.setWakeup(2 ** 31 - 1, () => undefined);
    return { [Symbol.dispose]: release };
  }
}
