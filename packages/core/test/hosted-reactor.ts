import { type AnyEvents, type CoreEvents, type HostControl, type ReactorOptions } from '@triphase/core';

import { HandTurnedReactor } from './hand-turned-reactor.ts';

/** The hooks of the host that a test provides. They may throw. */
export interface Hooks {
  readonly acquireKeepAlive?: () => void;
  readonly attachHost?: (control: HostControl) => void;
}

/** A reactor with hooks of the host. `journal` has a line for each hold and each release. */
export class HostedReactor<E extends object = AnyEvents, B extends CoreEvents = CoreEvents> extends HandTurnedReactor<
  E,
  B
> {
  readonly journal: string[] = [];
  readonly #hooks: Hooks;
  #control: HostControl | undefined;

  constructor(hooks: Hooks = {}, options?: ReactorOptions) {
    super(options);
    this.#hooks = hooks;
  }

  /** The argument of `attachHost` in the last run. */
  get control(): HostControl {
    if (this.#control === undefined) throw new Error('attachHost has not been called');
    return this.#control;
  }

  protected override acquireKeepAlive(): Disposable {
    this.#hooks.acquireKeepAlive?.();
    return this.#hold('keep-alive');
  }

  protected override attachHost(control: HostControl): Disposable {
    this.#control = control;
    this.#hooks.attachHost?.(control);
    return this.#hold('host');
  }

  #hold(what: string): Disposable {
    this.journal.push(`${what} held`);
    return {
      [Symbol.dispose]: () => {
        this.journal.push(`${what} released`);
      },
    };
  }
}

/** The lines of the journal when a run begins, and when it ends. */
export const HELD: readonly string[] = ['keep-alive held', 'host held'];
export const RELEASED: readonly string[] = ['host released', 'keep-alive released'];
