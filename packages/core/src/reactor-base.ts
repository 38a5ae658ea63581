import type { CallOptions, Clock, DelayedCall, WorkOptions } from './ground/clock.ts';
import type { ReactorEnvironment } from './life/reactor-environment.ts';
import type { ErrorSource } from './ground/error-source.ts';
import type { EventRegistry } from './events/event-registry.ts';
import type { AnyEvents, CoreEvents, DetailOf, EventKey, FireArguments, FireKey, Phase } from './ground/events.ts';
import type { Phases, OnOptions, Trigger, TriggerHandle, TriggerOf, TriggerOptions } from './ground/events.ts';
import type { FiringReport } from './events/firing-report.ts';
import { asyncDispose, type AbortSignalLike, type HostAbortSignal, type StopReason } from './ground/host.ts';
import type { HostControl } from './ground/host-control.ts';
import type { Life } from './life/life.ts';
import { nameOf } from './ground/printable.ts';
import type { Stats, PendingItem } from './ground/observer.ts';
import { checkFireable, checkReason } from './reactor-checks.ts';
import type { RunResult } from './life/run-result.ts';
import type { Service } from './services/service.ts';
import { setLifeReader } from './services/service-life.ts';
import type { ReactorState } from './life/state.ts';
import { checkKeys } from './ground/check-keys.ts';
import { takeOptions } from './events/trigger.ts';
import { takeReactorOptions, type ReactorOptions } from './reactor-options.ts';
import { makeParts, type ReactorHooks } from './reactor-parts.ts';
import type { TurnLoop } from './turn/turn-loop.ts';

/**
 * The base class of all reactors: system events in three phases, a clock, a queue of calls, and a lifecycle (C1–C56). A subclass implements
 * how to get a turn from its host. `E`: the program's events; `B`: those a runtime package adds. Twisted's `ReactorBase`.
 */
export abstract class ReactorBase<E extends object = AnyEvents, B extends CoreEvents = CoreEvents> implements Clock {
  readonly #env: ReactorEnvironment;
  readonly #loop: TurnLoop;
  readonly #events: EventRegistry;
  readonly #life: Life;

  /** Stops the reactor and waits for the end of the run. Never rejects: the promise of `run()` does that (C33). */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  static {
    setLifeReader((app) => (#life in app ? app.#life : undefined));
    Object.defineProperty(ReactorBase.prototype, asyncDispose, {
      value(this: ReactorBase) {
        return this.#life.dispose();
      },
    });
  }

  /**
   * `own`: the names of the options that a subclass adds. Throws `TypeError` for a key that is neither one of these nor an option of every
   * reactor (C65), and `TypeError` or `RangeError` for a wrong value.
   */
  constructor(given: ReactorOptions = {}, own: readonly string[] = []) {
    const options = takeReactorOptions(given, own, nameOf(new.target));
    const hooks: ReactorHooks = {
      hostNow: () => this.hostNow(),
      now: () => this.now(),
      after: (ms, fn) => this.#loop.setLimit(ms, fn),
      captureContext: () => this.captureContext(),
      requestTurn: (turn) => this.requestTurn(turn),
      setWakeup: (ms, turn) => this.setWakeup(ms, turn),
      acquireKeepAlive: () => this.acquireKeepAlive(),
      attachHost: (control) => this.attachHost(control),
    };
    ({ env: this.#env, loop: this.#loop, events: this.#events, life: this.#life } = makeParts(hooks, options));
  }

  // ── Hooks for subclasses (C1) ──

  /** Requests one turn from the host as soon as possible, in a macrotask. Returns a function that cancels the request. */
  protected abstract requestTurn(turn: () => void): () => void;

  /** Requests one turn after `ms` (integer, 1 to 2^31−1). Returns a function that cancels it. Default: the host's `setTimeout`. */
  protected setWakeup(ms: number, turn: () => void): () => void {
    const handle = this.#env.host.setTimeout(turn, ms);
    return () => {
      this.#env.host.clearTimeout(handle);
    };
  }

  /** The host's monotonic clock in milliseconds. Default: `now` of the option `host`. */
  protected hostNow(): number {
    return this.#env.host.now();
  }

  /** Called by `run()` before startup, to listen to signals or page events. The result is disposed when the run is over (C25). */
  protected attachHost(_control: HostControl): Disposable | undefined {
    return undefined;
  }

  /** Keeps the host alive during the run. The result is disposed when the run is over. */
  protected acquireKeepAlive(): Disposable | undefined {
    return undefined;
  }

  /** Captures the current async context; the result calls a function in it. All of a firing runs in the context of the code that fired (N3). */
  protected captureContext(): ((fn: () => void) => void) | undefined {
    return undefined;
  }

  // ── System events (C6–C23, C53) ──

  /** Registers a trigger for one phase (C6). Throws `InvalidPhaseError`, `TypeError` or `PhasePassedError`. [Twisted: `addSystemEventTrigger`] */
  addSystemEventTrigger<const K extends EventKey<E, B>>(
    phase: Phase,
    eventType: K,
    trigger: Trigger<DetailOf<E, B, K>>,
    options?: TriggerOptions,
  ): TriggerHandle {
    return this.#events.event(eventType).add(phase, trigger as Trigger, takeOptions(options)); // as: the engine does not know the detail's type
  }

  /** Removes a registration. Throws `UnknownTriggerError` if nothing of it is left (C19). [Twisted: `removeSystemEventTrigger`] */
  removeSystemEventTrigger(handle: TriggerHandle): void {
    this.#events.remove(handle);
  }

  /** The same as {@link ReactorBase.fire}. [Twisted: `fireSystemEvent`] */
  fireSystemEvent<const K extends FireKey<E, B>>(
    eventType: K,
    ...args: FireArguments<DetailOf<E, B, K>>
  ): Promise<FiringReport> {
    return this.fire(eventType, ...args);
  }

  /** Registers a trigger for every firing. A function is registered for `during` (C53). */
  on<const K extends EventKey<E, B>>(type: K, trigger: TriggerOf<E, B, K>, options?: OnOptions): TriggerHandle {
    return this.#events.register(type, trigger as Trigger | Phases, takeOptions(options, true)); // as: see addSystemEventTrigger
  }

  /** Registers a trigger for the next firing only. A function is registered for `during` (C53). */
  once<const K extends EventKey<E, B>>(type: K, trigger: TriggerOf<E, B, K>, options?: OnOptions): TriggerHandle {
    return this.#events.register(type, trigger as Trigger | Phases, takeOptions(options, false)); // as: see addSystemEventTrigger
  }

  /**
   * Calls the triggers of `before`, `during` and `after` (C9). Synchronous as long as no trigger returns a thenable (C12). The promise never
   * rejects (C15). Throws `EventAlreadyFiringError` or `ReservedEventError` (C20).
   */
  fire<const K extends FireKey<E, B>>(type: K, ...args: FireArguments<DetailOf<E, B, K>>): Promise<FiringReport> {
    checkFireable(type);
    return this.#events.event(type).fire(args[0], args[1]); // the type of `args` says how many there must be
  }

  /** Whether a firing of this event is under way, or was requested with `whenFiring: 'again'` (C20). */
  isFiring(eventType: EventKey<E, B>): boolean {
    return this.#events.isFiring(eventType);
  }

  // ── Life (C24–C33, C54) ──

  /** The state of the reactor. It is `stopping` as soon as `stop()` is called, and `idle` again after a crash. */
  get state(): ReactorState {
    return this.#life.current?.state ?? 'idle';
  }

  /** `true` from the first trigger of `during startup` to the last one of `before shutdown`. [Twisted: `running`] */
  get running(): boolean {
    return this.#life.current?.isRunning === true;
  }

  /** Aborts with the stop reason when stopping begins or the reactor crashes. Each run has a new signal (C54). */
  get signal(): HostAbortSignal {
    return this.#life.signal;
  }

  /**
   * Fires startup, runs until the reactor is stopped or `signal` aborts, then fires shutdown. Resolves with the result of the run (C24).
   * Rejects only with `StartupFailedError`. Throws `ReactorAlreadyRunningError` or `ReactorNotRestartableError`.
   */
  run(options: { readonly signal?: AbortSignalLike } = {}): Promise<RunResult> {
    checkKeys(options, ['signal'], 'run()');
    return this.#life.start(options.signal);
  }

  /** Resolves with the report of startup when startup is over. Undefined before `run()`. */
  get startupReport(): Promise<FiringReport> | undefined {
    return this.#life.current?.startupReport;
  }

  /**
   * Stops the reactor: the calls that are queued now still run, then `shutdown` is fired (C28, C29). Returns the promise of `run()`. Throws
   * `ReactorNotRunningError` if there is no run, and `SelfWaitError` in the synchronous part of a shutdown trigger.
   */
  stop(reason: StopReason = { kind: 'stop' }): Promise<RunResult> {
    checkReason(reason, 'stop()');
    return this.#life.stop(reason);
  }

  /** Stops without waiting: all phases of startup and shutdown run, none waits (C32). Throws `ReactorNotRunningError` without a run. */
  escalate(reason: StopReason = { kind: 'stop' }): void {
    checkReason(reason, 'escalate()');
    this.#life.escalate(reason);
  }

  /** Ends the run after the turn under way, without a shutdown. The reactor can be run again (C31). [Twisted: `crash`] */
  crash(): void {
    this.#life.crash();
  }

  /** Runs one turn. Returns the milliseconds to the next one, or `Infinity` (C38). Throws `ReentrantTurnError` inside a turn. [Twisted: `iterate`] */
  iterate(): number {
    return this.#loop.iterate(this.state !== 'stopped');
  }

  /**
   * Calls `fn` at once if the reactor is running, and throws what it throws; before that, registers it for `after startup`, without waiting
   * for its promise (C27). After a stop it throws `ReactorNotRunningError`. [Twisted: `callWhenRunning`]
   */
  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    return this.#life.events.callWhenRunning(fn);
  }

  /**
   * Makes `before shutdown`, or the phase of shutdown under way, wait for work in flight, within its limits (C57). A rejection is reported;
   * during shutdown it is a failed trigger. Throws `TypeError` for what isn't a thenable, `ReactorNotRunningError` after the last phase.
   */
  waitUntil(promise: PromiseLike<unknown>, options: WorkOptions = {}): void {
    this.#life.events.waitUntil(promise, options);
  }

  /** Registers a service, once (C52). Throws `ServiceGraphError`, `PhasePassedError`, `TypeError`, or `RangeError` for its lead time (N8). */
  use<S extends Service>(service: S): S {
    this.#life.events.use(service, this);
    return service;
  }

  /** The longest lead time of the services used, in milliseconds (N8). For runtime packages, which set the limits of shutdown. */
  protected get leadTime(): number {
    return this.#life.events.services.leadTime;
  }

  /** The tree of services, each with its state (C52). */
  describe(): string {
    return this.#life.events.describe(nameOf(this.constructor), this.state);
  }

  // ── Calls (C34–C42) ──

  /** Monotonic milliseconds on the clock that timed calls use (C39). */
  now(): number {
    return this.#env.clock.now();
  }

  /** Milliseconds since 1970, by the clock of the host. It jumps when that clock is set: measure time with `now()` (C55). */
  wallNow(): number {
    return this.#env.host.wallNow();
  }

  /** A random number from 0 to below 1, from the host (C55). */
  random(): number {
    return this.#env.host.random();
  }

  /** Queues `fn` for the next turn. Queued calls run in order (C37). */
  callSoon(fn: () => unknown, options?: Pick<CallOptions, 'context'>): void {
    this.#loop.callSoon(fn, options);
  }

  /** The same as {@link ReactorBase.callSoon}. [Twisted: `callFromThread`] */
  callFromThread(fn: () => unknown): void {
    this.callSoon(fn);
  }

  /** Calls `fn` once, `ms` from now (C39). Throws `RangeError` if `ms` is negative or NaN; `Infinity` means never. [Twisted: `callLater`] */
  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall {
    const call = this.#loop.timers.add(ms, fn, options);
    if (options !== undefined && this.state === 'stopped') this.#life.dropTimed(); // the run is over: calls its `onDrop` now
    return call;
  }

  /** The pending timed calls, in the order they will run (C42). [Twisted: `getDelayedCalls`] */
  getDelayedCalls(): readonly DelayedCall[] {
    return this.#loop.timers.list();
  }

  // ── Reporting (C46, C47, C64) ──

  /**
   * Ends the program because of an error (C64): reports it, adds it to the `errors` of the result, and stops with
   * `{ kind: 'failed', cause: error }`; a process ends with status 1. A second call with the same error does nothing. Throws `ReactorNotRunningError`.
   */
  fail(error: unknown): void {
    this.#life.fail(error);
  }

  /**
   * Reports an error in the same way as the errors that the reactor finds itself (C48). Nothing is stopped. `source` says where it comes
   * from (C64). If `source` has an unknown key, this throws `TypeError` once the error is reported (C65).
   */
  report(error: unknown, source: Partial<Pick<ErrorSource, 'kind' | 'name'>> = {}): void {
    this.#env.reportFrom(error, source);
  }

  /** All calls, triggers, services, firings and work that are waiting or pending now (C47). */
  pending(): readonly PendingItem[] {
    return [...this.#loop.pending(), ...this.#life.pending()];
  }

  /** Counters since the reactor was made (C47). */
  stats(): Stats {
    return { ...this.#loop.stats(), errors: this.#env.errors };
  }
}
