import {
  HostMissingError,
  ReactorBase,
  type AnyEvents,
  type CallOptions,
  type DelayedCall,
  type HostAbortSignal,
  type HostControl,
  type Limits,
  type Logger,
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
import type { AsyncResource } from 'node:async_hooks';
import { captureContext, createResource, createTurnScope, inContext } from './async-context.ts';
import { OWN_OPTIONS, takeOptions } from './check-options.ts';
import { joinPrimary } from './cluster/worker-member.ts';
import { defaultSignals } from './default-signals.ts';
import { joinHotRuns, type HotMember } from './hot-runs.ts';
import { takeNodeHost, type NodeHost, type TakenNodeHost } from './node-host.ts';
import { joinSystemd, type SystemdMember } from './systemd-registry.ts';
import { openSystemd } from './systemd.ts';
import type { Watchdog, WatchedRun } from './watchdog.ts';
import { isWorkerThread, optionsInWorker, WorkerSide } from './worker/worker-side.ts';

/** Options of {@link NodeReactor}. */
export interface NodeReactorOptions extends ReactorOptions<NodeHost>, ProcessOptions {
  /** `watchdog()`: a second thread kills the process if something blocks this one beyond the shutdown deadline; default `false` (N10). */
  readonly watchdog?: Watchdog | false;
  /** Every call keeps its caller's `AsyncLocalStorage` (N3); default: turns run in the context of `run()`. */
  readonly context?: boolean;
}

/** Runs a reactor for `runMain` or `runService`; no method of the class, since it is for them alone. */
export let runProgram: (reactor: NodeReactor, program: Program) => Promise<RunResult>;

/**
 * A reactor on the loop of Node or Bun: turns by `setImmediate`, wakeups by `setTimeout`.
 *
 * A run keeps the process alive until it is over (N1). `SIGTERM`, `SIGINT` and `SIGHUP` stop it (N4, N5), within 25 seconds unless
 * `limits.shutdown` says otherwise (N8), and the exit status tells how that went (N11). Constructing one does nothing to the process;
 * `run()` throws `HostMissingError` where there is no process.
 *
 * For libraries and tests; a service uses `runService`, a script `runMain`, which make one.
 *
 * @example
 * const reactor = new NodeReactor({ signals: false }); // leaves the process alone
 * reactor.on('shutdown', ({ detail }) => console.log(`stopping: ${detail.kind}`));
 * await reactor.run();
 */
export class NodeReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  readonly #host: TakenNodeHost | undefined;
  readonly #options: NodeReactorOptions;
  readonly #limits: Limits;
  readonly #current: CurrentRun;
  #program: Program | undefined;
  /** The signal that arms the watchdog. */
  #armingSignal: HostAbortSignal | undefined;
  /** Turns run in the async context of `run()`, not in that of the code that queued the first call (N3). */
  #context: AsyncResource | undefined;

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
  constructor(given: NodeReactorOptions = {}, own: readonly string[] = []) {
    const ownOptions = [...OWN_OPTIONS, ...own];
    const options = takeOptions(given, ownOptions);
    const { shutdown, ...otherLimits } = options.limits ?? {};
    const current: CurrentRun = {
      reactor: undefined,
      life: undefined,
      watchdog: undefined,
      systemd: undefined,
      worker: undefined,
      hot: undefined,
    };
    const limits = processShutdownLimits(shutdown).boundTo({
      sinceStop: () => current.life?.sinceStop() ?? 0,
      leadTime: () => current.reactor?.leadTime ?? 0,
    });
    const host = takeNodeHost(options.host);
    super(
      {
        ...options,
        ...carefulLogger(host, options.logger),
        limits: { ...otherLimits, shutdown: limits },
        ...(options.watchdog && { observer: options.watchdog.observe(options.observer, () => current.watchdog) }),
      },
      ownOptions,
    );
    this.#host = host;
    this.#options = options;
    this.#limits = limits;
    this.#current = current;
    current.reactor = this;
  }

  /** As core says (C54). The watchdog listens to it before anybody else can: a listener that blocks is seen too (N10). */
  override get signal(): HostAbortSignal {
    const signal = super.signal;
    if (this.#options.watchdog && signal !== this.#armingSignal) {
      this.#armingSignal = signal;
      signal.addEventListener('abort', () => {
        const { deadline = Infinity } = this.#limits;
        if (deadline !== Infinity) this.#current.watchdog?.arm(deadline);
      });
    }
    return signal;
  }

  /** As core says; the exit status is set by the time the promise settles (N11). Throws `HostMissingError` where there is no process. */
  override run(options?: Parameters<ReactorBase['run']>[0]): Promise<RunResult> {
    const result = super.run(options);
    // These wait for the result before anybody else does: so the exit status is set before the code after `await run()` goes on.
    this.#current.life?.follow(result);
    this.#current.worker?.follow(result, this.startupReport);
    this.#current.hot?.follow(result);
    return result;
  }

  /** As core says; with `context` it runs in its caller's async context (N3). */
  override callSoon(fn: () => unknown, options?: Pick<CallOptions, 'context'>): void {
    super.callSoon(this.#keepsContext(options) ? inContext(fn) : fn, options);
  }

  /** As core says; with `context` it runs in its caller's async context (N3). */
  override callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall {
    return super.callLater(ms, this.#keepsContext(options) ? inContext(fn) : fn, options);
  }

  /**
   * The triggers of a firing run in the context of the code that fired it (N3), also those that run later, after a limit or in a call of other
   * code.
   */
  protected override captureContext(): ((fn: () => void) => void) | undefined {
    return this.#host && captureContext(); // elsewhere run() says that its host is missing
  }

  /** A turn by `setImmediate`, in the async context of `run()`. */
  protected override requestTurn(turn: () => void): () => void {
    const { setImmediate, clearImmediate } = this.#presentHost();
    const handle = setImmediate(this.#inRunContext(turn));
    return () => {
      clearImmediate(handle);
    };
  }

  /** A turn by `setTimeout`, in the async context of `run()`. */
  protected override setWakeup(ms: number, turn: () => void): () => void {
    return super.setWakeup(ms, this.#inRunContext(turn));
  }

  /** Owns the signals and the end of the process for this run (N4–N11). */
  protected override attachHost(control: HostControl): Disposable {
    const host = this.#presentHost();
    const { logger = host.console, onError } = this.#options;
    // For the lines that are printed here. `life` gets the program's own logger: if that fails, it prints to the console by itself (N23).
    const { logger: careful = host.console } = carefulLogger(host, this.#options.logger);
    const program = this.#program;
    const isWorker = isWorkerThread(host);
    const options = isWorker ? optionsInWorker(this.#options, careful) : this.#options;
    const watchdog = options.watchdog ? this.#startWatchdog(options.watchdog, host, careful) : undefined;
    const { signals = defaultSignals(host.process) } = options;
    const parts = {
      control,
      logger,
      onError,
      limits: this.#limits,
      leadTime: () => this.leadTime,
      program,
      announce: (fireAll: () => Promise<void>) => {
        const { systemd } = this.#current;
        // systemd hears of a reload before its first trigger runs, and when all of it is over (N19).
        void (systemd === undefined ? fireAll() : systemd.reload(fireAll));
      },
    };
    const life = new ProcessLife(host, { ...options, signals }, handleOf(this as NodeReactor, parts)); // as: the events of E are not known here
    this.#context = createResource('TriphaseRun');
    this.#current.life = life;
    let attached: Disposable | undefined;
    try {
      attached = life.attach();
      if (isWorker) {
        const handle = { control, signal: this.signal, state: () => this.state, pending: () => this.pending() };
        this.#current.worker = new WorkerSide(handle);
      }
      const systemd = this.#joinSystemd(host, careful);
      this.#current.systemd = systemd;
      this.#current.hot = this.#ownsSignals ? joinHotRuns(host, control, life) : undefined;
      const primary = this.#ownsSignals ? joinPrimary(host, life, this) : undefined;
      return {
        [Symbol.dispose]: () => {
          primary?.[Symbol.dispose]();
          watchdog?.end();
          attached?.[Symbol.dispose]();
          systemd?.[Symbol.dispose]();
          this.#current.systemd = undefined;
          // It is of this run alone: a reactor that was crashed may run again (C31).
          this.#program = undefined;
        },
      };
    } catch (error) {
      attached?.[Symbol.dispose]();
      watchdog?.end();
      throw error;
    }
  }

  /** One ref'd timer (N1); none for `runMain` (N24). */
  protected override acquireKeepAlive(): Disposable | undefined {
    if (this.#program?.keepsAlive === false) return undefined;
    this.#presentHost();
    return keepAlive((ms, hold) => super.setWakeup(ms, hold));
  }

  /** Whether it handles signals. A reactor that does not is no service: systemd, a cluster and `bun --hot` hear nothing of it. */
  get #ownsSignals(): boolean {
    const { signals } = this.#options;
    return signals !== false && signals?.length !== 0;
  }

  #joinSystemd(host: NodeHost, logger: Logger): SystemdMember | undefined {
    if (!this.#ownsSignals) return undefined;
    openSystemd(host, logger);
    return joinSystemd(host, this, this.#limits.deadline ?? Infinity);
  }

  #keepsContext(options: Pick<CallOptions, 'context'> | undefined): boolean {
    return options?.context ?? this.#options.context === true;
  }

  #inRunContext(turn: () => void): () => void {
    const context = this.#context;
    if (context === undefined) return turn;
    return () => context.runInAsyncScope(createTurnScope).runInAsyncScope(turn);
  }

  /**
   * Only on the real process: the thread cannot tell whether a fake one is blocked, and its pid may be that of another process, which must
   * not be killed.
   */
  #startWatchdog(watchdog: Watchdog, host: NodeHost, logger: Logger): WatchedRun | undefined {
    if (host.process !== globalThis.process) return undefined;
    const run = watchdog.start((error) => {
      logger.error(`the watchdog has failed, so nothing ends a stop that blocks the thread: ${String(error)}`);
    });
    this.#current.watchdog = run;
    return run;
  }

  #presentHost(): TakenNodeHost {
    if (this.#host !== undefined) return this.#host;
    throw new HostMissingError(
      'A NodeReactor runs on Node or Bun, and there is no process here: use the reactor of this host, or pass { host }',
    );
  }
}

/**
 * What the limits and the observer need later. They are made before the reactor, so they get this object, which is filled in afterwards:
 * `reactor` by the constructor, the parts of a run when that run begins.
 */
interface CurrentRun {
  reactor: NodeReactor | undefined;
  life: ProcessLife | undefined;
  watchdog: WatchedRun | undefined;
  systemd: SystemdMember | undefined;
  worker: WorkerSide | undefined;
  hot: HotMember | undefined;
}

/** The same as `new NodeReactor(options)`. */
export function createNodeReactor<E extends object = AnyEvents>(options?: NodeReactorOptions): NodeReactor<E> {
  return new NodeReactor(options);
}
