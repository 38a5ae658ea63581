import { describeGiven } from './ground/check-milliseconds.ts';
import type { CallOptions, Clock, DelayedCall, WorkOptions } from './ground/clock.ts';
import { ReactorEnvironment } from './life/reactor-environment.ts';
import { ReservedEventError } from './ground/errors.ts';
import type { ErrorSource, OnError } from './ground/error-source.ts';
import { EventRegistry } from './events/event-registry.ts';
import type {
  AnyEvents,
  CoreEvents,
  DetailOf,
  EventKey,
  FireArguments,
  Limits,
  Phase,
  Phases,
  ShortOptions,
  Trigger,
  TriggerHandle,
  TriggerOptions,
} from './ground/events.ts';
import type { FiringReport } from './events/firing-report.ts';
import {
  asyncDispose,
  takeHost,
  type AbortSignalLike,
  type Host,
  type HostAbortSignal,
  type Logger,
  type StopReason,
  type TakenHost,
} from './ground/host.ts';
import type { HostControl } from './ground/host-control.ts';
import { Lifecycle } from './life/lifecycle.ts';
import { MonotonicClock } from './ground/monotonic-clock.ts';
import { nameOf, printable } from './ground/printable.ts';
import type { Observer, Stats, PendingItem } from './ground/observer.ts';
import type { RunResult } from './life/run-result.ts';
import type { Service } from './services/service.ts';
import type { ReactorState } from './life/state.ts';
import { checkFunction } from './ground/check-function.ts';
import { takeOptions } from './events/trigger.ts';
import { TurnLoop } from './turn/turn-loop.ts';

/** Options of every reactor. */
export interface ReactorOptions<H extends Host = Host> {
  /** Replaces functions of the host. Those that are left out come from the real host (C4). */
  readonly host?: Partial<H>;
  /** Called once for each error (C48). Default: `reportError` on a page, elsewhere a message to the `logger`. */
  readonly onError?: OnError;
  /** Where the reactor prints to. Default: the host's console (C56). */
  readonly logger?: Logger;
  /** Called for turns, calls and events (C46). */
  readonly observer?: Observer;
  /** Time limits by event type. For an event type that is an object, pass them with each firing (C22). */
  readonly limits?: Readonly<Record<PropertyKey, Limits>>;
  /** Whether reports have `phases`: `true` for all events, `false` for none. Default: for startup and shutdown (C15). */
  readonly timings?: boolean;
  /** How long queued calls run in each turn, and also timed calls. Milliseconds, default 5 (C35). */
  readonly maxSliceMs?: number;
  /** The maximum number of queued calls in each turn, and also of timed calls. Default 1 000 (C35). */
  readonly maxBatch?: number;
  /** `true`: error reports show where a trigger was registered (C23). */
  readonly debug?: boolean;
}

/**
 * The base class of all reactors: system events in three phases, a clock, a queue of calls, and a lifecycle (C1–C56). A subclass implements
 * how to get a turn from its host. Twisted's `ReactorBase`.
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
  readonly #host: TakenHost;
  readonly #env: ReactorEnvironment;
  readonly #loop: TurnLoop;
  readonly #events: EventRegistry;
  readonly #life: Lifecycle;
  readonly #clock: MonotonicClock;

  /** Stops the reactor and waits for the end of the run. Never rejects, since `run()` does (C33). */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  static {
    Object.defineProperty(ReactorBase.prototype, asyncDispose, {
      value(this: ReactorBase) {
        return this.#life.dispose();
      },
    });
  }

  constructor(options: ReactorOptions = {}) {
    const { maxSliceMs = 5, maxBatch = 1_000, limits, timings, onError, observer, debug = false } = options;
    checkAboveZero(maxSliceMs, 'maxSliceMs');
    checkAboveZero(maxBatch, 'maxBatch');
    if (onError !== undefined) checkFunction(onError, 'The option onError');
    const host = takeHost(options.host);
    const now = (): number => this.now();
    this.#host = host;
    this.#clock = new MonotonicClock(
      () => this.hostNow(),
      (error) => {
        this.#env.report(error, { kind: 'host', name: 'hostNow' });
      },
    );
    this.#env = new ReactorEnvironment(now, (ms, fn) => this.#loop.limit(ms, fn), {
      host,
      onError,
      observer,
      logger: options.logger ?? host.console,
      debug,
      captureContext: () => this.captureContext(),
    });
    this.#loop = new TurnLoop(
      this.#env,
      { now, requestTurn: (turn) => this.requestTurn(turn), setWakeup: (ms, turn) => this.setWakeup(ms, turn) },
      maxSliceMs,
      maxBatch,
    );
    this.#events = new EventRegistry(this.#env, limits, timings);
    this.#life = new Lifecycle(this.#env, this.#loop, this.#events, {
      acquireKeepAlive: () => this.acquireKeepAlive(),
      attachHost: (control) => this.attachHost(control),
    });
  }

  // ── Hooks for subclasses (C1) ──

  /** Requests one turn from the host as soon as possible, in a macrotask. Returns a function that cancels the request. */
  protected abstract requestTurn(turn: () => void): () => void;

  /** Requests one turn after `ms` (integer, 1 to 2^31−1). Returns a function that cancels it. Default: the host's `setTimeout`. */
  protected setWakeup(ms: number, turn: () => void): () => void {
    const handle = this.#host.setTimeout(turn, ms);
    return () => {
      this.#host.clearTimeout(handle);
    };
  }

  /** The host's monotonic clock in milliseconds. Default: `now` of the option `host`. */
  protected hostNow(): number {
    return this.#host.now();
  }

  /** Called by `run()` before startup, to listen to signals or page events. The result is disposed when the run is over (C25). */
  protected attachHost(_control: HostControl): Disposable | undefined {
    return undefined;
  }

  /** Keeps the host alive during the run. The result is disposed when the run is over. */
  protected acquireKeepAlive(): Disposable | undefined {
    return undefined;
  }

  /**
   * Captures the current async context, on hosts that have async contexts. The result calls a function in that context. So a firing that
   * is continued by something else, such as a time limit, still runs in the context of whoever fired (N3). Default: none.
   */
  protected captureContext(): ((fn: () => void) => void) | undefined {
    return undefined;
  }

  // ── System events (C6–C23, C53) ──

  /**
   * Registers a trigger for one phase of an event (C6). It is called once, or with `{ every: true }` at each firing. Throws
   * `InvalidPhaseError`, `TypeError`, or `PhasePassedError` if it could never be called; then nothing is registered.
   * [Twisted: `addSystemEventTrigger`]
   */
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
  fireSystemEvent<const K extends Exclude<EventKey<E, B>, keyof CoreEvents>>(
    eventType: K,
    ...args: FireArguments<DetailOf<E, B, K>>
  ): Promise<FiringReport> {
    return this.fire(eventType, ...args);
  }

  /** Registers a trigger for every firing. A function is registered for `during` (C53). */
  on<const K extends EventKey<E, B>>(
    type: K,
    trigger: Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>,
    options?: ShortOptions,
  ): TriggerHandle {
    return this.#events.register(type, trigger as Trigger | Phases, takeOptions(options, true)); // as: see addSystemEventTrigger
  }

  /** Registers a trigger for the next firing only. A function is registered for `during` (C53). */
  once<const K extends EventKey<E, B>>(
    type: K,
    trigger: Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>,
    options?: ShortOptions,
  ): TriggerHandle {
    return this.#events.register(type, trigger as Trigger | Phases, takeOptions(options, false)); // as: see addSystemEventTrigger
  }

  /**
   * Fires an event: calls the triggers of `before`, `during` and `after` (C9). Synchronous as long as no trigger returns a thenable (C12).
   * The promise never rejects (C15). Throws `EventAlreadyFiringError` or `ReservedEventError` synchronously (C20).
   */
  fire<const K extends Exclude<EventKey<E, B>, keyof CoreEvents>>(
    type: K,
    ...args: FireArguments<DetailOf<E, B, K>>
  ): Promise<FiringReport> {
    const key: unknown = type;
    if (key === 'startup' || key === 'shutdown') {
      throw new ReservedEventError(
        `${key} is fired by the reactor alone: call ${key === 'startup' ? 'run()' : 'stop()'}`,
      );
    }
    // as: the tuple's shape depends on the detail's type
    return this.#events.event(type).fire(args[0], args[1]);
  }

  /** Whether a firing of this event is under way, or was requested with `whenFiring: 'again'` (C20). */
  isFiring(eventType: EventKey<E, B>): boolean {
    return this.#events.isFiring(eventType);
  }

  // ── Life (C24–C33, C54) ──

  /** The state of the reactor. It is `stopping` as soon as `stop()` is called, and `idle` again after a crash. */
  get state(): ReactorState {
    return this.#life.state;
  }

  /** `true` from the first trigger of `during startup` to the last one of `before shutdown`. [Twisted: `running`] */
  get running(): boolean {
    return this.#life.running;
  }

  /** Aborts with the stop reason when stopping begins or the reactor crashes. Each run has a new signal (C54). */
  get signal(): HostAbortSignal {
    return this.#life.signal;
  }

  /**
   * Fires startup, runs until the reactor is stopped, then fires shutdown. Resolves with the result of the run (C24). Rejects only with
   * `StartupFailedError`. Throws `ReactorAlreadyRunningError` or `ReactorNotRestartableError` synchronously. Aborting `signal` stops the
   * reactor.
   */
  run(options: { readonly signal?: AbortSignalLike } = {}): Promise<RunResult> {
    return this.#life.run(options.signal);
  }

  /** Resolves with the report of startup when startup is over. Undefined before `run()`. */
  get startupReport(): Promise<FiringReport> | undefined {
    return this.#life.startupReport;
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

  /**
   * Runs one turn. Returns the milliseconds until the next turn is needed; `Infinity` if none is (C38). Allowed in any state. Throws
   * `ReentrantTurnError` inside a turn. [Twisted: `iterate`]
   */
  iterate(): number {
    return this.#loop.iterate(this.state !== 'stopped');
  }

  /**
   * Calls `fn` when the reactor is running (C27). If it is running already: calls `fn` at once, and throws what `fn` throws. Before that:
   * registers `fn` as a trigger of `after startup`, which doesn't wait for its promise. After a stop: throws `ReactorNotRunningError`.
   * [Twisted: `callWhenRunning`]
   */
  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    checkFunction(fn, 'The function for callWhenRunning');
    return this.#life.callWhenRunning(fn);
  }

  /**
   * Makes a stop wait for work in flight (C57): `before shutdown` waits for it, or the phase of shutdown that is under way. The limits of
   * shutdown apply. A rejection is reported; during shutdown it counts as a failed trigger. Throws `TypeError` if `promise` isn't a
   * thenable, and `ReactorNotRunningError` when the last phase of shutdown is over.
   *
   * @example
   * reactor.waitUntil(saveReport(), { name: 'save the report' });
   */
  waitUntil(promise: PromiseLike<unknown>, { name = 'waitUntil' }: WorkOptions = {}): void {
    this.#life.waitUntil(promise, name);
  }

  /**
   * Registers a service (C52) and returns it. Registering it again has no effect. Throws `ServiceGraphError`, `PhasePassedError`,
   * `TypeError`, or `RangeError` if the lead time is more than half of the shutdown deadline.
   */
  use<S extends Service>(service: S): S {
    this.#life.use(service, this);
    return service;
  }

  /** The longest lead time of the services used, in milliseconds (N8). For runtime packages, which set the limits of shutdown. */
  protected get leadTime(): number {
    return this.#life.leadTime;
  }

  /** The tree of services, each with its state (C52). */
  describe(): string {
    const services = this.#life.describe();
    return `${printable(nameOf(this.constructor))}: ${this.state}${services === '' ? '' : `\n${services}`}`;
  }

  // ── Calls (C34–C42) ──

  /** Monotonic milliseconds on the clock that timed calls use (C39). */
  now(): number {
    return this.#clock.now();
  }

  /** Milliseconds since 1970, by the clock of the host. It jumps when that clock is set: measure time with `now()` (C55). */
  wallNow(): number {
    return this.#host.wallNow();
  }

  /** A random number from 0 to below 1, from the host (C55). */
  random(): number {
    return this.#host.random();
  }

  /** Queues `fn` for the next turn. Queued calls run in order (C37). */
  callSoon(fn: () => unknown, _options?: Pick<CallOptions, 'context'>): void {
    checkFunction(fn, 'The function for callSoon');
    this.#loop.callSoon(fn);
  }

  /** The same as {@link ReactorBase.callSoon}. [Twisted: `callFromThread`] */
  callFromThread(fn: () => unknown): void {
    this.callSoon(fn);
  }

  /** Calls `fn` once, `ms` from now (C39). Throws `RangeError` if `ms` is negative or NaN; `Infinity` means never. [Twisted: `callLater`] */
  callLater(ms: number, fn: () => unknown, options?: CallOptions): DelayedCall {
    const call = this.#loop.timers.add(ms, fn, options);
    if (options?.onDrop !== undefined && this.state === 'stopped') this.#life.dropTimed();
    return call;
  }

  /** The pending timed calls, in the order they will run (C42). [Twisted: `getDelayedCalls`] */
  getDelayedCalls(): readonly DelayedCall[] {
    return this.#loop.timers.list();
  }

  // ── Reporting (C46, C47, C64) ──

  /**
   * Ends the program because of an error (C64): reports it and stops with `{ kind: 'failed', cause: error }`. The error is in the result's
   * `errors`, and a process ends with status 1. While stopping, it only goes into the result. An error that it was given before is ignored.
   * Throws `ReactorNotRunningError` before `run()`.
   */
  fail(error: unknown): void {
    this.#life.fail(error);
  }

  /** Reports an error as the reactor's own are reported (C48). Nothing is stopped. `source` says where it comes from (C64). */
  report(error: unknown, source: Partial<Pick<ErrorSource, 'kind' | 'name'>> = {}): void {
    this.#env.report(error, { kind: source.kind ?? 'call', name: source.name ?? 'report' });
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

/** Throws `TypeError` if the properties of a reason can't be read or shown, so that this fails before the stop begins. */
function checkReason(reason: unknown, what: string): void {
  try {
    const { kind } = reason as Partial<StopReason>; // as: callers without types pass anything
    const { signal } = reason as Partial<StopReason>; // as: see above
    if (typeof reason === 'object' && typeof kind !== 'function' && typeof signal !== 'function') return;
  } catch {
    // The error below.
  }
  throw new TypeError(
    `${what} got ${describeGiven(reason)} for its reason: give an object such as { kind: 'stop' }, or nothing`,
  );
}

/** Throws unless an option is a number above 0. */
function checkAboveZero(value: number, what: string): void {
  if (typeof value !== 'number') throw new TypeError(`${what} is ${describeGiven(value)}: give a number above 0`);
  if (!(value > 0)) throw new RangeError(`${what} is ${String(value)}: give a number above 0`);
}
