import {
  HostMissingError,
  ReactorBase,
  type AnyEvents,
  type HostControl,
  type Limits,
  type ProcessOptions,
  type ReactorOptions,
  type RunResult,
} from '@triphase/core';
import {
  carefulLogger,
  handleOf,
  keepAlive,
  ProcessLife,
  processShutdownLimits,
  type Program,
} from '@triphase/core/process';
import { OWN_OPTIONS, takeOptions } from './check-options.ts';
import { defaultSignals } from './default-signals.ts';
import type { DenoHost } from './deno-host.ts';
import { checkDenoServe } from './check-deno-serve.ts';
import { stopOnUnload } from './stop-on-unload.ts';
import { takeDenoHost, type TakenDenoHost } from './take-deno-host.ts';
import { checkEndBySignal } from './check-end-by-signal.ts';
import { TurnEntry } from './turn-entry.ts';

/** Options of {@link DenoReactor}. */
export interface DenoReactorOptions extends ReactorOptions<DenoHost>, ProcessOptions {}

/** Runs a reactor for `runMain` or `runService`; no method of the class, since it is for them alone. */
export let runProgram: (reactor: DenoReactor, program: Program) => Promise<RunResult>;

/**
 * A reactor on Deno's own loop, without `node:` modules and without any permission (D1): a turn is entered by a microtask at most once
 * between two macrotasks of the host (D2), wakeups are by `setTimeout`.
 *
 * A run keeps the process alive until it is over (N1). `SIGTERM`, `SIGINT` and `SIGHUP` stop it (N4, N5), within 25 seconds unless
 * `limits.shutdown` says otherwise (N8), and the exit status tells how that went (N11). `Deno.exit()` shuts it down with
 * `{ kind: 'unload' }`, synchronously, each phase without waiting (C32). Constructing one does nothing to the process; `run()` throws
 * `HostMissingError` where there is no Deno.
 *
 * For libraries and tests; a service uses `runService`, a script `runMain`, which make one.
 *
 * @example
 * const reactor = new DenoReactor({ signals: false }); // leaves the process alone
 * reactor.on('shutdown', ({ detail }) => console.log(`stopping: ${detail.kind}`));
 * await reactor.run();
 */
export class DenoReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #host: TakenDenoHost | undefined;
  readonly #entry: TurnEntry | undefined;
  readonly #options: DenoReactorOptions;
  readonly #limits: Limits;
  readonly #current: CurrentRun;
  #program: Program | undefined;

  static {
    runProgram = (reactor, program) => {
      reactor.#program = program;
      const result = reactor.run();
      program.begin();
      return result;
    };
  }

  /**
   * Throws `TypeError` and `RangeError` for options that are wrong, also for an unknown key. `own`: the names of the options that a subclass
   * adds (C65).
   */
  constructor(given: DenoReactorOptions = {}, own: readonly string[] = []) {
    const ownOptions = [...OWN_OPTIONS, ...own];
    const options = takeOptions(given, ownOptions);
    const { shutdown, ...otherLimits } = options.limits ?? {};
    const current: CurrentRun = { reactor: undefined, life: undefined };
    const limits = processShutdownLimits(shutdown).boundTo({
      sinceStop: () => current.life?.sinceStop() ?? 0,
      leadTime: () => current.reactor?.leadTime ?? 0,
    });
    const host = takeDenoHost(options.host);
    super(
      { ...options, ...carefulLogger(host, options.logger), limits: { ...otherLimits, shutdown: limits } },
      ownOptions,
    );
    this.#host = host;
    this.#entry = host && new TurnEntry(host);
    this.#options = options;
    this.#limits = limits;
    this.#current = current;
    current.reactor = this;
  }

  /** As core says; the exit status is set by the time the promise settles (N11). Throws `HostMissingError` where there is no Deno. */
  override run(options?: Parameters<ReactorBase['run']>[0]): Promise<RunResult> {
    const result = super.run(options);
    // This waits for the result before anybody else does: so the exit status is set before the code after `await run()` goes on.
    this.#current.life?.follow(result);
    return result;
  }

  /** By a microtask if the host has had a macrotask since the last turn, else by an immediate (D2). Throws `HostMissingError`. */
  protected override requestTurn(turn: () => void): () => void {
    this.#presentHost();
    return this.#entry?.request(turn) ?? turn;
  }

  /** By `setTimeout`. Its turn is entered by a macrotask, so the next turn does not begin in a microtask right after it (D2). */
  protected override setWakeup(ms: number, turn: () => void): () => void {
    return super.setWakeup(ms, () => {
      if (this.#entry === undefined) turn();
      else this.#entry.run(turn);
    });
  }

  /**
   * Owns the signals and the end of the process for this run (N4–N11). Throws `HostMissingError`, or what Deno throws for a signal nobody
   * can listen to.
   */
  protected override attachHost(control: HostControl): Disposable {
    const host = this.#presentHost();
    if (this.#options.exit === 'signal') checkEndBySignal(host.Deno);
    const program = this.#program;
    const { signals = defaultSignals(host), logger = host.console, onError } = this.#options;
    const leadTime = (): number => this.leadTime;
    const parts = { control, logger, onError, limits: this.#limits, leadTime, program };
    const life = new ProcessLife(host, { ...this.#options, signals }, handleOf(this as DenoReactor, parts)); // as: the events of E are not known here
    this.#current.life = life;
    let attached: Disposable | undefined;
    // Listens to `unload` before `life` does: in an exit it detaches `life` first, so that what the exit cuts is printed once.
    const unload = stopOnUnload(host, {
      control,
      life,
      letGo: () => attached?.[Symbol.dispose](),
      program,
      state: () => this.state,
    });
    let serve: Disposable;
    try {
      attached = life.attach();
      serve = checkDenoServe(host, (line) => {
        life.say(line);
      });
    } catch (error) {
      unload[Symbol.dispose]();
      attached?.[Symbol.dispose]();
      throw error;
    }
    return {
      [Symbol.dispose]: () => {
        unload[Symbol.dispose]();
        serve[Symbol.dispose]();
        attached[Symbol.dispose]();
        this.#entry?.release();
        // It is of this run alone: a reactor that was crashed may run again (C31).
        this.#program = undefined;
      },
    };
  }

  /** One ref'd timer after another (N1); none for `runMain` (N24). Throws `HostMissingError`. */
  protected override acquireKeepAlive(): Disposable | undefined {
    if (this.#program?.keepsAlive === false) return undefined;
    this.#presentHost();
    return keepAlive((ms, hold) => super.setWakeup(ms, hold));
  }

  #presentHost(): TakenDenoHost {
    if (this.#host !== undefined) return this.#host;
    throw new HostMissingError(
      'A DenoReactor runs on Deno, and this is another host: use the reactor of this host, or pass { host }',
    );
  }
}

/**
 * What the limits need later. They are made before the reactor, so they get this object, which is filled in afterwards: `reactor` by the
 * constructor, `life` when a run begins.
 */
interface CurrentRun {
  reactor: DenoReactor | undefined;
  life: ProcessLife | undefined;
}

/** The same as `new DenoReactor(options)`. */
export function createDenoReactor<E extends object = AnyEvents>(options?: DenoReactorOptions): DenoReactor<E> {
  return new DenoReactor(options);
}
