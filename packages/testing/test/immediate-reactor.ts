import { ReactorBase, type Host, type ReactorOptions } from '@triphase/core';

/** The functions of the host that `ImmediateReactor` needs beyond those of core. */
type ImmediateHost = Host & Partial<Pick<typeof globalThis, 'setImmediate' | 'clearImmediate'>>;

/** A reactor whose turns come by `setImmediate`. The rest is that of `ReactorBase`. */
export class ImmediateReactor extends ReactorBase {
  readonly #setImmediate: typeof setImmediate;
  readonly #clearImmediate: typeof clearImmediate;

  constructor(options: ReactorOptions = {}) {
    super(options);
    // A reactor reads the functions of its host when it is made (C4).
    // as: the conformance kit passes a host record that also has these two functions.
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
