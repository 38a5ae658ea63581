import {
  HostMissingError,
  ReactorBase,
  type AnyEvents,
  type HostControl,
  type ProcessOptions,
  type ReactorOptions,
} from '@triphase/core';
import { takeNodeHost, type NodeHost } from './node-host.ts';
import { stopOnSignals, USUAL_SIGNALS } from './signals.ts';

/**
 * Options of {@link NodeReactor}. `signals`: those that stop it, in place of `SIGINT` and `SIGTERM`; `false` leaves all of them to the
 * program.
 */
export interface NodeReactorOptions extends ReactorOptions<NodeHost>, Pick<ProcessOptions, 'signals'> {}

/** The longest that a timer waits: a longer one fires at once. Milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/**
 * A reactor on the loop of Node or Bun: turns by `setImmediate`, wakeups by `setTimeout`.
 *
 * A run keeps the process alive until it is over (N1). `SIGINT` and `SIGTERM` stop it, with reason `{ kind: 'signal', signal }` (N4).
 * Constructing one does nothing to the process; `run()` throws `HostMissingError` where there is no process.
 *
 * @example
 * const reactor = new NodeReactor();
 * reactor.on('shutdown', ({ detail }) => console.log(`stopping: ${detail.kind}`));
 * await reactor.run();
 */
export class NodeReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #host: ReturnType<typeof takeNodeHost>;
  readonly #signals: readonly string[];

  constructor(options: NodeReactorOptions = {}) {
    const { host, signals = USUAL_SIGNALS } = options;
    super(options);
    this.#host = takeNodeHost(host);
    this.#signals = signals === false ? [] : signals;
  }

  protected override requestTurn(turn: () => void): () => void {
    const { setImmediate, clearImmediate } = this.#presentHost();
    const handle = setImmediate(turn);
    return () => {
      clearImmediate(handle);
    };
  }

  protected override attachHost(control: HostControl): Disposable {
    return stopOnSignals(this.#presentHost().process, this.#signals, control);
  }

  protected override acquireKeepAlive(): Disposable {
    let release: () => void;
    const hold = (): void => {
      release = super.setWakeup(LONGEST_WAIT, hold);
    };
    hold();
    return {
      [Symbol.dispose]: () => {
        release();
      },
    };
  }

  #presentHost(): NonNullable<ReturnType<typeof takeNodeHost>> {
    if (this.#host !== undefined) return this.#host;
    throw new HostMissingError(
      'A NodeReactor runs on Node or Bun, and there is no process here: use the reactor of this host, or pass { host }',
    );
  }
}

/** The same as `new NodeReactor(options)`. */
export function createNodeReactor<E extends object = AnyEvents>(options?: NodeReactorOptions): NodeReactor<E> {
  return new NodeReactor(options);
}
