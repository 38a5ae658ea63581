import {
  HostMissingError,
  ReactorBase,
  checkKeys,
  checkSignals,
  takeReactorOptions,
  type AnyEvents,
  type HostControl,
  type Limits,
  type ProcessOptions,
  type ReactorOptions,
} from '@triphase/core';
import { takeDenoHost, type DenoFunctions, type DenoHost } from './deno-host.ts';
import { shutDownOnUnload, stopOnSignals, defaultSignals } from './host-events.ts';
import { ShutdownLimits } from './shutdown-limits.ts';
import { TurnEntry } from './turn-entry.ts';

/**
 * Options of {@link DenoReactor}. `signals`: those that stop it, in place of `SIGINT` and `SIGTERM`; `false` leaves all of them to the
 * program.
 */
export interface DenoReactorOptions extends ReactorOptions<DenoHost>, Pick<ProcessOptions, 'signals'> {}

interface Attached {
  readonly host: DenoFunctions;
  readonly entry: TurnEntry;
}

/** The longest that a timer waits: a longer one fires at once. Milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/**
 * A reactor on Deno's own loop, without `node:` modules and without any permission (D1): a turn is entered by a microtask at most once
 * between two macrotasks of the host (D2), wakeups are by `setTimeout`.
 *
 * Shutdown has a deadline of 25 s, unless `limits.shutdown` says otherwise: `before` and `during` get 40 % of it each (C22).
 *
 * A run keeps the process alive until it is over. `SIGINT` and `SIGTERM` stop it, with reason `{ kind: 'signal', signal }`;
 * `Deno.exit()` shuts it down with `{ kind: 'unload' }`, synchronously, each phase without waiting (C32). Constructing one does nothing
 * to the process; `run()` throws `HostMissingError` where there is no Deno.
 *
 * @example
 * const reactor = new DenoReactor();
 * reactor.on('shutdown', ({ detail }) => console.log(`stopping: ${detail.kind}`));
 * await reactor.run();
 */
export class DenoReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #own: Attached | undefined;
  readonly #signals: false | readonly string[] | undefined;

  /**
   * Throws `TypeError` and `RangeError` for options that are wrong, also for an unknown key. `own`: the names of the options that a subclass
   * adds (C65).
   */
  constructor(given: DenoReactorOptions = {}, own: readonly string[] = []) {
    const ownOptions = ['signals', ...own];
    const options = takeReactorOptions(given, ownOptions, 'DenoReactor');
    checkSignals(options.signals);
    const current: { reactor: DenoReactor | undefined } = { reactor: undefined };
    super({ ...options, limits: withShutdown(options.limits, () => current.reactor?.leadTime ?? 0) }, ownOptions);
    current.reactor = this;
    const host = takeDenoHost(options.host);
    this.#own = host && { host, entry: new TurnEntry(host) };
    this.#signals = options.signals;
  }

  /** By a microtask if the host has had a macrotask since the last turn, else by an immediate (D2). Throws `HostMissingError`. */
  protected override requestTurn(turn: () => void): () => void {
    return this.#present().entry.request(turn);
  }

  /** By `setTimeout`; its turn counts as entered by a macrotask, so no microtask enters one right behind it (D2). */
  protected override setWakeup(ms: number, turn: () => void): () => void {
    return super.setWakeup(ms, () => {
      if (this.#own === undefined) turn();
      else this.#own.entry.run(turn);
    });
  }

  /** Listens to the signals and to `unload`. Throws `HostMissingError`, or what Deno throws for a signal nobody can listen to. */
  protected override attachHost(control: HostControl): Disposable {
    const { host, entry } = this.#present();
    const signals = stopOnSignals(
      host,
      this.#signals === false ? [] : (this.#signals ?? defaultSignals(host)),
      control,
    );
    const unload = shutDownOnUnload(host, control);
    return {
      [Symbol.dispose]: () => {
        unload[Symbol.dispose]();
        signals[Symbol.dispose]();
        entry.release();
      },
    };
  }

  /** Throws `HostMissingError`. Holds one timer of 2^31−1 ms after another: nothing else of an idle run keeps the process alive. */
  protected override acquireKeepAlive(): Disposable {
    this.#present();
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

  #present(): Attached {
    if (this.#own !== undefined) return this.#own;
    throw new HostMissingError(
      'A DenoReactor runs on Deno, and this is another host: use the reactor of this host, or pass { host }',
    );
  }
}

/** Given limits stay, and what is wrong with them is core's to say. */
function withShutdown(
  limits: DenoReactorOptions['limits'],
  leadTime: () => number,
): Exclude<DenoReactorOptions['limits'], undefined> {
  const { shutdown: given, ...others } = limits ?? {};
  if (given === undefined) return { ...others, shutdown: new ShutdownLimits({}, leadTime) };
  if (typeof given !== 'object' || (given as Limits | null) === null || 'boundTo' in given)
    return { ...others, shutdown: given };
  checkKeys(given, ['deadline', 'before', 'during', 'after'], 'limits.shutdown');
  return { ...others, shutdown: new ShutdownLimits({ ...given }, leadTime) };
}

/** The same as `new DenoReactor(options)`. */
export function createDenoReactor<E extends object = AnyEvents>(options?: DenoReactorOptions): DenoReactor<E> {
  return new DenoReactor(options);
}
