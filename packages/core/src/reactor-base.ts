import { callName } from './call-queue.ts';
import type { CallOptions, Clock, DelayedCall } from './clock.ts';
import type { Environment } from './environment.ts';
import {
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  ReactorStoppedError,
  ReservedEventError,
  SelfWaitError,
  StartupFailedError,
  TriphaseInternalError,
} from './errors.ts';
import { messageOf, reportTo, type ErrorSource, type OnError } from './error-path.ts';
import {
  PHASES,
  type AnyEvents,
  type CoreEvents,
  type DetailOf,
  type EventKey,
  type FireArguments,
  type FireOptions,
  type Limits,
  type Phase,
  type Phases,
  type ShortOptions,
  type Trigger,
  type TriggerHandle,
  type TriggerOptions,
} from './events.ts';
import type { FiringReport } from './firing-report.ts';
import { HostEvents } from './host-events.ts';
import {
  asyncDispose,
  createAbortController,
  dispose,
  takeHost,
  type AbortControllerLike,
  type AbortSignalLike,
  type Host,
  type HostAbortSignal,
  type HostControl,
  type Logger,
  type StopReason,
} from './host.ts';
import type { Observer, Stats, Waiting } from './observer.ts';
import { RunResult } from './run-result.ts';
import { Run } from './run.ts';
import { ServiceGraph, type Service } from './services.ts';
import { Life, type ReactorState } from './state.ts';
import { SystemEvent, unknownTrigger } from './system-event.ts';
import { checkFunction, eventName, phasesOf, TriggerHandles, type RegisteredTrigger } from './trigger.ts';
import { TurnLoop } from './turn-loop.ts';
import type { TurnHooks } from './turn-requests.ts';

/** Options of every reactor. */
export interface ReactorOptions<H extends Host = Host> {
  /** What replaces the host's functions; what is left out comes from the real host (C4). */
  readonly host?: Partial<H>;
  readonly onError?: OnError;
  /** Default: the host's console (C56). */
  readonly logger?: Logger;
  readonly observer?: Observer;
  /** By event type; for objects as types give them with each firing (C22). */
  readonly limits?: Readonly<Record<PropertyKey, Limits>>;
  /** All events or none; default: startup and shutdown (C15). */
  readonly timings?: boolean;
  /** Milliseconds for queued calls, and again for timed calls, in each turn; default 5 (C35). */
  readonly maxSliceMs?: number;
  /** Callbacks of either kind in each turn; default 1 000 (C35). */
  readonly maxBatch?: number;
  /** Triggers remember where they were registered (C23). */
  readonly debug?: boolean;
}

/**
 * What every reactor is: system events in three phases, a clock, a queue, and one life (C1–C56). A subclass says how its host gives a turn;
 * Twisted's `ReactorBase`.
 *
 * `E`: the program's events; `B`: those a runtime package adds.
 *
 * @example
 * class TickerReactor extends ReactorBase {
 *   protected override requestTurn(turn: () => void): () => void {
 *     return ticker.once(turn);
 *   }
 * }
 */
export abstract class ReactorBase<E extends object = AnyEvents, B extends CoreEvents = CoreEvents> implements Clock {
  readonly #host: Host;
  readonly #options: ReactorOptions;
  readonly #logger: Logger;
  #observer: Observer | undefined;
  readonly #life = new Life();
  readonly #env: Environment;
  readonly #events = new Map<unknown, SystemEvent>();
  readonly #startup: SystemEvent;
  readonly #shutdown: SystemEvent;
  readonly #hostEvents = new HostEvents();
  readonly #services = new ServiceGraph();
  readonly #loop: TurnLoop;
  #run: Run | undefined;
  #startupReport: Promise<FiringReport> | undefined;
  #running = false;
  #controller: AbortControllerLike | undefined;
  #lastNow = -Infinity;
  #errors = 0;

  /** Stops the reactor and waits for the end of the run; never rejects, `run()` does (C33). */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  static {
    Object.defineProperty(ReactorBase.prototype, asyncDispose, {
      async value(this: ReactorBase) {
        if (!this.#life.started || this.#shutdown.firing?.isOpen === true) return;
        await this.stop({ kind: 'dispose' }).catch(() => undefined);
      },
    });
  }

  constructor(options: ReactorOptions = {}) {
    const { maxSliceMs = 5, maxBatch = 1_000, timings } = options;
    checkShare(maxSliceMs, 'maxSliceMs');
    checkShare(maxBatch, 'maxBatch');
    this.#options = options;
    this.#host = takeHost(options.host);
    this.#logger = options.logger ?? this.#host.console;
    this.#observer = options.observer;
    this.#env = this.#environment();
    const hooks: TurnHooks = {
      now: () => this.now(),
      requestTurn: (turn) => this.requestTurn(turn),
      setWakeup: (ms, turn) => this.setWakeup(ms, turn),
    };
    this.#loop = new TurnLoop(this.#env, hooks, maxSliceMs, maxBatch);
    const graph = this.#services;
    this.#startup = new SystemEvent('startup', this.#env, this.#limitsOf('startup'), timings ?? true, {
      enterPhase: (phase, firing) => {
        if (phase === 'during') this.#running = true;
        graph.enter('startup', phase, firing);
      },
      startFailed: (cause) => {
        if (this.#life.state === 'starting') this.#beginStop({ kind: 'startup-failed', cause });
      },
      hasPassed: () => this.#run?.startup !== undefined,
    });
    this.#shutdown = new SystemEvent('shutdown', this.#env, this.#limitsOf('shutdown'), timings ?? true, {
      enterPhase: (phase, firing) => {
        if (phase !== 'before') this.#running = false;
        graph.enter('shutdown', phase, firing);
      },
      hasPassed: () => this.#run?.shutdown !== undefined,
    });
    this.#events.set('startup', this.#startup).set('shutdown', this.#shutdown);
  }

  // ── What a subclass writes (C1) ──

  /** Asks the host for one turn soon, from a real macrotask; returns how to cancel that. */
  protected abstract requestTurn(turn: () => void): () => void;

  /** Asks the host for one turn after `ms` (whole, 1 to 2^31−1); returns how to cancel that. Default: the host record's `setTimeout`. */
  protected setWakeup(ms: number, turn: () => void): () => void {
    const handle = this.#host.setTimeout(turn, ms);
    return () => {
      this.#host.clearTimeout(handle);
    };
  }

  /** The host's monotonic clock, milliseconds; default: the host record's `now`. */
  protected hostNow(): number {
    return this.#host.now();
  }

  /** Signals, page life, unload: called by `run()` before startup fires; what it returns is disposed when the run is over (C25). */
  protected attachHost(control: HostControl): Disposable | undefined {
    void control;
    return undefined;
  }

  /** Holds the host alive for the whole run; released when it is over. */
  protected acquireKeepAlive(): Disposable | undefined {
    return undefined;
  }

  /** The report of the latest startup, once it is over; for hosts that drive a start by hand. Undefined before `run()`. */
  protected get startupReport(): Promise<FiringReport> | undefined {
    return this.#startupReport;
  }

  // ── System events (C6–C23, C53) ──

  /**
   * Registers a trigger for one phase of an event (C6). One-shot unless `{ every: true }`. Throws `InvalidPhaseError`, `TypeError`, or
   * `PhasePassedError` where it could never run; then nothing is registered. [Twisted: `addSystemEventTrigger`]
   */
  addSystemEventTrigger<const K extends EventKey<E, B>>(
    phase: Phase,
    eventType: K,
    trigger: Trigger<DetailOf<E, B, K>>,
    options?: TriggerOptions,
  ): TriggerHandle {
    return this.#event(eventType).add(phase, trigger as Trigger, options); // as: the engine does not know the detail's type
  }

  /** Takes a registration out, or all that is left of it; `UnknownTriggerError` when there is nothing (C19). [Twisted: `removeSystemEventTrigger`] */
  removeSystemEventTrigger(handle: TriggerHandle): void {
    const known = typeof handle === 'object' && (handle as TriggerHandle | null) !== null;
    if (!known || this.#events.get(handle.event)?.remove(handle) !== true) throw unknownTrigger();
  }

  /** The same as {@link ReactorBase.fire}. [Twisted: `fireSystemEvent`] */
  fireSystemEvent<const K extends Exclude<EventKey<E, B>, keyof CoreEvents>>(
    eventType: K,
    ...args: FireArguments<DetailOf<E, B, K>>
  ): Promise<FiringReport> {
    return this.fire(eventType, ...args);
  }

  /** Registers for every firing; a bare function is `during` (C53). */
  on<const K extends EventKey<E, B>>(
    type: K,
    trigger: Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>,
    options?: ShortOptions,
  ): TriggerHandle {
    return this.#register(type, trigger as Trigger | Phases, { ...options, every: true }); // as: see addSystemEventTrigger
  }

  /** Registers for the next firing alone; a bare function is `during` (C53). */
  once<const K extends EventKey<E, B>>(
    type: K,
    trigger: Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>,
    options?: ShortOptions,
  ): TriggerHandle {
    return this.#register(type, trigger as Trigger | Phases, { ...options }); // as: see addSystemEventTrigger
  }

  /**
   * Fires an event: before, during, after (C9). Synchronous as long as no trigger returns a thenable (C12). The promise never rejects
   * (C15); throws `EventAlreadyFiringError` or `ReservedEventError` at once (C20).
   */
  fire<const K extends Exclude<EventKey<E, B>, keyof CoreEvents>>(
    type: K,
    ...args: FireArguments<DetailOf<E, B, K>>
  ): Promise<FiringReport> {
    if (type === 'startup' || type === 'shutdown') {
      throw new ReservedEventError(`${String(type)} is fired by the reactor alone: call ${type === 'startup' ? 'run()' : 'stop()'}`);
    }
    const [detail, options] = args as [unknown?, FireOptions?]; // as: the tuple's shape depends on the detail's type
    return this.#event(type).fire(detail, options);
  }

  /** Whether a firing of this type is under way, or asked for next (C20). */
  isFiring(eventType: EventKey<E, B>): boolean {
    return this.#events.get(eventType)?.isFiring ?? false;
  }

  // ── Life (C24–C33, C54) ──

  get state(): ReactorState {
    return this.#life.state;
  }

  /** True from the first `during startup` trigger to the last `before shutdown` one. [Twisted: `running`] */
  get running(): boolean {
    return this.#running;
  }

  /** Aborts with the stop reason when stopping begins, and on crash; a new one for each run (C54). */
  get signal(): HostAbortSignal {
    this.#controller ??= createAbortController();
    if (this.#run?.reason !== undefined) this.#controller.abort(this.#run.reason);
    return this.#controller.signal;
  }

  /**
   * Fires startup, lives until it is stopped, fires shutdown; resolves with what became of it (C24). Rejects with `StartupFailedError`
   * alone. Throws `ReactorAlreadyRunningError` or `ReactorNotRestartableError` at once. Aborting `signal` stops.
   */
  run(options: { readonly signal?: AbortSignalLike } = {}): Promise<RunResult> {
    this.#checkRunnable();
    const run = new Run();
    this.#life.to('starting');
    this.#run = run;
    this.#controller = this.#controller?.signal.aborted === true ? undefined : this.#controller;
    try {
      run.hold(this.acquireKeepAlive());
      run.hold(this.attachHost(this.#control(run)));
      if (options.signal !== undefined) this.#stopOnAbort(run, options.signal);
    } catch (error) {
      this.#releaseHost(run);
      this.#run = undefined;
      this.#life.to('idle');
      throw error;
    }
    this.#loop.start();
    this.#startupReport = this.#startup.launch(undefined, {
      ...(run.reason !== undefined && { cut: { reason: run.reason } }),
      over: (report) => {
        this.#startupOver(run, report);
      },
    });
    return run.promise;
  }

  /**
   * Ends the run in order: what is queued by now still runs, then `shutdown` fires (C28, C29). Returns the promise of `run()`. Throws
   * `ReactorNotRunningError` when there is no run, `SelfWaitError` in the synchronous part of a shutdown trigger.
   */
  stop(reason: StopReason = { kind: 'stop' }): Promise<RunResult> {
    const run = this.#run;
    if (run === undefined) throw notRunning('stop()');
    if (this.#shutdown.firing?.isOpen === true) {
      throw new SelfWaitError('A shutdown trigger called stop(), which waits for this trigger: return, and the stop that is under way goes on');
    }
    this.#beginStop(reason);
    return run.promise;
  }

  /** Opens the barriers of startup and shutdown, now: each phase still runs, none waits (C32). Throws `ReactorNotRunningError` when there is no run. */
  escalate(reason: StopReason = { kind: 'stop' }): void {
    if (!this.#life.started) throw notRunning('escalate()');
    this.#escalate(reason);
  }

  /** Ends the run after the turn under way and fires nothing; the reactor can be run again (C31). [Twisted: `crash`] */
  crash(): void {
    const run = this.#run;
    if (run === undefined || !this.#life.started) throw notRunning('crash()');
    const crash = (): void => {
      if (this.#run === run) this.#crash(run);
    };
    this.#loop.afterTurn(crash);
  }

  /**
   * Runs one turn by hand and returns the milliseconds until it wants the next: 0, a number, or `Infinity` (C38). Legal in any state;
   * re-entered: `ReentrantTurnError`. [Twisted: `iterate`]
   */
  iterate(): number {
    return this.#loop.iterate();
  }

  /**
   * Calls `fn` once the reactor runs (C27): running, at once, and what it throws is the caller's; before, as an `after startup` trigger whose
   * promise is not waited for; later `ReactorNotRunningError`. [Twisted: `callWhenRunning`]
   */
  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    checkFunction(fn, 'The function for callWhenRunning');
    const call = (): void => {
      this.#catchRejection(fn(), { kind: 'trigger', name: callName(fn) });
    };
    if (this.#running) {
      call();
      return undefined;
    }
    if (this.state === 'idle' || this.state === 'starting') return this.#startup.add('after', call, { name: fn.name });
    throw notRunning('callWhenRunning()');
  }

  /** Registers both ends of a service (C52) and returns it; used twice it counts once. Throws `ServiceGraphError`, `PhasePassedError`, `TypeError`. */
  use<S extends Service>(service: S): S {
    const { firing } = this.#startup;
    const isOver = firing?.isCut ?? this.#run?.startup !== undefined;
    this.#services.use(service, isOver ? Infinity : (firing?.begun ?? 0));
    return service;
  }

  /** The tree of services, each with its state (C52). */
  describe(): string {
    const services = this.#services.describe();
    return `${this.constructor.name}: ${this.state}${services === '' ? '' : `\n${services}`}`;
  }

  // ── Calls (C34–C42) ──

  /** Monotonic milliseconds: the clock that timed calls use (C39). */
  now(): number {
    const now = this.hostNow();
    if (now > this.#lastNow) this.#lastNow = now;
    return this.#lastNow;
  }

  /** Queues `fn` for the next turn, from any context, in order (C37). */
  callSoon(fn: () => unknown): void {
    checkFunction(fn, 'The function for callSoon');
    this.#loop.callSoon(fn);
  }

  /** The same as {@link ReactorBase.callSoon}. [Twisted: `callFromThread`] */
  callFromThread(fn: () => unknown): void {
    this.callSoon(fn);
  }

  /** Calls `fn` once, `ms` from now (C39). Throws `RangeError` for a negative or NaN delay; `Infinity` is never. [Twisted: `callLater`] */
  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall {
    const call = this.#loop.timers.add(ms, fn, options);
    if (options?.onDrop !== undefined && this.state === 'stopped') this.#dropTimed();
    return call;
  }

  /** Those that wait, in the order they will run (C42). [Twisted: `getDelayedCalls`] */
  getDelayedCalls(): readonly DelayedCall[] {
    return this.#loop.timers.list();
  }

  // ── Watching (C46, C47) ──

  /** What waits, and what holds it, at this moment (C47). */
  pending(): readonly Waiting[] {
    const now = this.now();
    const waiting: Waiting[] = this.#loop.queue.names().map((name) => ({ kind: 'call', name, age: 0 }));
    for (const { name, time } of this.#loop.timers.list()) waiting.push({ kind: 'timed-call', name, age: Math.max(0, now - time) });
    for (const event of this.#events.values()) {
      if (event.firing !== undefined) waiting.push(...event.firing.waiting());
      if (event.isAsked) waiting.push({ kind: 'firing', name: eventName(event.type), event: event.type, age: 0 });
    }
    for (const ends of ['startup', 'shutdown'] as const) {
      const phase = PHASES[(this.#events.get(ends)?.firing?.begun ?? 0) - 1];
      if (phase !== undefined) waiting.push(...this.#services.waiting(ends, phase));
    }
    for (const { type } of this.#hostEvents.waiting) waiting.push({ kind: 'firing', name: eventName(type), event: type, age: 0 });
    return waiting;
  }

  /** Counters since the reactor was made (C47). */
  stats(): Stats {
    return { ...this.#loop.stats(), errors: this.#errors };
  }

  // ── The life, from inside ──

  #checkRunnable(): void {
    const { state } = this.#life;
    if (state === 'idle') return;
    const shutdown = this.#shutdown.firing;
    if (state === 'stopped' || (state === 'stopping' && (shutdown?.begun ?? 0) > 1)) {
      throw new ReactorNotRestartableError('This reactor has stopped, and a run cannot be repeated: construct a new reactor, it costs nothing');
    }
    throw new ReactorAlreadyRunningError(`This reactor is ${state}: wait for the promise that run() returned, or construct another reactor`);
  }

  #startupOver(run: Run, report: FiringReport): void {
    run.startup = report;
    run.startLimit?.[dispose]();
    if (this.#run !== run) return;
    if (run.reason === undefined) this.#life.to('running');
    else if (run.escalated || run.terminal) this.#fireShutdown(run);
    else this.#loop.nudge();
  }

  /** Stopping begins, once: whatever asks for it later finds it begun (C28, C29). */
  #beginStop(reason: StopReason): void {
    const run = this.#run;
    if (run === undefined || run.reason !== undefined) return;
    run.reason = reason;
    run.stoppedAt = this.now();
    this.#life.to('stopping');
    this.#loop.afterQueued(
      () => run.startup !== undefined,
      () => {
        this.#fireShutdown(run);
      },
    );
    this.#controller?.abort(reason);
    const starting = this.#startup.firing;
    if (starting === undefined) return;
    const deadline = this.#limitsOf('shutdown')?.deadline ?? Infinity;
    if (deadline !== Infinity) {
      run.startLimit = this.#env.after(deadline, () => {
        starting.expire(`The shutdown deadline (${String(deadline)} ms)`);
      });
    }
    starting.cut(reason);
  }

  #escalate(reason: StopReason): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#beginStop(reason);
    run.escalated = true;
    this.#startup.firing?.escalate(reason);
    this.#fireShutdown(run);
    this.#shutdown.firing?.escalate(reason);
  }

  /** Once, and not before the start is over. */
  #fireShutdown(run: Run): void {
    const { reason, stoppedAt, escalated, terminal, startup, shutdown } = run;
    if (this.#run !== run || startup === undefined || shutdown !== undefined || this.#shutdown.firing !== undefined) return;
    this.#loop.dropMark();
    void this.#shutdown.launch(reason, {
      deadlineFrom: stoppedAt,
      terminal,
      ...(escalated && { escalated: { reason } }),
      over: (report) => {
        this.#shutdownOver(run, report);
      },
    });
  }

  #shutdownOver(run: Run, report: FiringReport): void {
    run.shutdown = report;
    if (this.#run !== run) return;
    this.#running = false;
    this.#loop.endTurn(() => {
      if (this.#run === run && this.#life.started) this.#end(run);
    });
  }

  /** All three phases of shutdown are over: the host is released, and `run()` settles (C30). */
  #end(run: Run): void {
    const stopped = new ReactorStoppedError('The run ended before this did: wait for it in a shutdown trigger, or stop it when reactor.signal aborts');
    for (const { firing } of this.#events.values()) firing?.abandon(stopped, stopped);
    this.#hostEvents.clear();
    const left = { queued: this.#loop.queue.size, timed: this.#loop.timers.size };
    this.#life.to('stopped');
    this.#dropTimed(stopped);
    this.#services.end();
    this.#releaseHost(run);
    this.#settle(run, left);
  }

  #crash(run: Run): void {
    const reason: StopReason = { kind: 'crash' };
    run.reason = reason;
    this.#run = undefined;
    for (const { firing } of this.#events.values()) firing?.abandon(reason);
    this.#hostEvents.clear();
    this.#running = false;
    this.#life.to('idle');
    this.#controller?.abort(reason);
    this.#releaseHost(run);
    run.shutdown = undefined;
    this.#settle(run, { queued: this.#loop.queue.size, timed: this.#loop.timers.size });
  }

  #releaseHost(run: Run): void {
    run.startLimit?.[dispose]();
    this.#loop.end();
    run.release((error) => {
      this.#report(error, { kind: 'host', name: 'release' });
    });
  }

  #settle(run: Run, left: RunResult['left']): void {
    const { reason = { kind: 'stop' }, startup, shutdown } = run;
    if (startup === undefined) throw new TriphaseInternalError('A run ended before its startup: a bug in Triphase, please report it with this stack');
    const result = new RunResult({ reason, startup, shutdown, left });
    const failed = reason.kind === 'startup-failed' && reason === run.reason;
    run.end(result, failed ? new StartupFailedError(`The start failed: ${messageOf(reason.cause)}`, result) : undefined);
  }

  #dropTimed(error: ReactorStoppedError = new ReactorStoppedError('This reactor has stopped: use the clock of one that runs')): void {
    for (const thrown of this.#loop.timers.drop(error)) this.#report(thrown, { kind: 'timed-call', name: 'onDrop' });
  }

  #stopOnAbort(run: Run, signal: AbortSignalLike): void {
    const onAbort = (): void => {
      if (this.#run === run) this.#beginStop({ kind: 'abort', cause: signal.reason });
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort);
    run.hold({
      [dispose]: () => {
        signal.removeEventListener('abort', onAbort);
      },
    });
  }

  /** What a host may do to its reactor (C1); stale once the run is over. */
  #control(run: Run): HostControl {
    const ifAlive = (act: () => void): void => {
      if (this.#run === run && this.#life.started) act();
    };
    return {
      stop: (reason) => {
        ifAlive(() => {
          this.#beginStop(reason);
        });
      },
      escalate: (reason) => {
        ifAlive(() => {
          this.#escalate(reason);
        });
      },
      fire: (type, detail, { terminal }) => {
        ifAlive(() => {
          this.#fireForHost(run, type, detail, terminal);
        });
      },
    };
  }

  #fireForHost(run: Run, type: unknown, detail: unknown, terminal: boolean): void {
    if (type !== 'shutdown') {
      this.#hostEvents.fire(this.#event(type), detail, terminal, { kind: 'terminal', cause: type });
      return;
    }
    const reason = detail as StopReason; // as: the detail of shutdown
    this.#beginStop(reason);
    if (!terminal) return;
    if (this.#shutdown.firing !== undefined) {
      this.#escalate(reason);
      return;
    }
    this.#hostEvents.flush(reason);
    run.terminal = true;
    this.#startup.firing?.escalate(reason);
    this.#fireShutdown(run);
  }

  // ── Errors, observers, limits ──

  #environment(): Environment {
    // The observer is read through the reactor: one that throws is dropped (C46).
    const observer = (): Observer | undefined => this.#observer;
    return {
      now: () => this.now(),
      after: (ms, fn) => this.#loop.limits.add(ms, fn),
      report: (error, source) => {
        this.#report(error, source);
      },
      get observer() {
        return observer();
      },
      notify: (method, ...args) => {
        this.#notify(method, args);
      },
      debug: this.#options.debug === true,
    };
  }

  #report(error: unknown, source: ErrorSource): void {
    this.#errors++;
    reportTo(this.#options.onError, this.#host, this.#logger, error, source);
  }

  #notify(method: keyof Observer, args: readonly unknown[]): void {
    const observer = this.#observer;
    try {
      (observer?.[method] as ((...args: readonly unknown[]) => void) | undefined)?.apply(observer, [...args]); // as: Environment types the pair
    } catch (error) {
      this.#observer = undefined;
      this.#report(error, { kind: 'observer', name: method });
    }
  }

  #limitsOf(type: unknown): Limits | undefined {
    const { limits } = this.#options;
    const isKey = typeof type === 'string' || typeof type === 'symbol' || typeof type === 'number';
    return limits !== undefined && isKey && Object.hasOwn(limits, type) ? limits[type] : undefined;
  }

  #event(type: unknown): SystemEvent {
    let event = this.#events.get(type);
    if (event === undefined) {
      event = new SystemEvent(type, this.#env, this.#limitsOf(type), this.#options.timings ?? false);
      this.#events.set(type, event);
    }
    return event;
  }

  #register(type: unknown, trigger: Trigger | Phases, options: TriggerOptions): TriggerHandle {
    const event = this.#event(type);
    if (typeof trigger === 'function') return event.add('during', trigger, options);
    const what = `The trigger of ${eventName(type)}`;
    const phases = phasesOf(trigger, what);
    if (phases.length === 0) throw new TypeError(`${what} has no phase: give it before, during or after`);
    const handles: RegisteredTrigger[] = [];
    try {
      for (const [phase, run] of phases) handles.push(event.add(phase, run, options));
    } catch (error) {
      for (const handle of handles) handle.remove(); // all of it is registered, or nothing (C6)
      throw error;
    }
    return new TriggerHandles(type, handles);
  }

  #catchRejection(result: unknown, source: ErrorSource): void {
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        this.#report(error, source);
      });
    }
  }
}

function notRunning(what: string): ReactorNotRunningError {
  return new ReactorNotRunningError(`${what} needs a reactor that is started: call run() first, and not after it has stopped`);
}

function checkShare(value: number, what: string): void {
  if (!(value > 0)) throw new RangeError(`${what} is ${String(value)}: give a number above 0`);
}
