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
} from './ground/host.ts';
import type { HostControl } from './ground/host-control.ts';
import { Lifecycle } from './life/lifecycle.ts';
import { MonotonicClock } from './ground/monotonic-clock.ts';
import type { Observer, Stats, PendingItem } from './ground/observer.ts';
import type { RunResult } from './life/run-result.ts';
import type { Service } from './services/service.ts';
import type { ReactorState } from './life/state.ts';
import { checkFunction } from './ground/check-function.ts';
import { takeOptions } from './events/trigger.ts';
import { TurnLoop } from './turn/turn-loop.ts';

/** Options of every reactor. */
export interface ReactorOptions<H extends Host = Host> {
  /** What replaces the host's functions; what is left out comes from the real host (C4). */
  readonly host?: Partial<H>;
  /** Hears each error once (C48). Default: `reportError` on a page, elsewhere a readable block to the `logger`. */
  readonly onError?: OnError;
  /** Default: the host's console (C56). */
  readonly logger?: Logger;
  /** Hears of turns, calls and events (C46); without one that costs a null check. */
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
  readonly #env: ReactorEnvironment;
  readonly #loop: TurnLoop;
  readonly #events: EventRegistry;
  readonly #life: Lifecycle;
  readonly #clock: MonotonicClock;

  /** Stops the reactor and waits for the end of the run; never rejects, `run()` does (C33). */
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
    checkShare(maxSliceMs, 'maxSliceMs');
    checkShare(maxBatch, 'maxBatch');
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
  protected attachHost(_control: HostControl): Disposable | undefined {
    return undefined;
  }

  /** Holds the host alive for the whole run; released when it is over. */
  protected acquireKeepAlive(): Disposable | undefined {
    return undefined;
  }

  /**
   * Captures the async context of this moment, for hosts that have such a thing: what is returned calls a function in it. A firing that
   * goes on from somewhere else, such as a limit, goes on in the context of whoever fired (N3). Default: none.
   */
  protected captureContext(): ((fn: () => void) => void) | undefined {
    return undefined;
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
    return this.#events.event(eventType).add(phase, trigger as Trigger, takeOptions(options)); // as: the engine does not know the detail's type
  }

  /** Takes a registration out, or all that is left of it; `UnknownTriggerError` when there is nothing (C19). [Twisted: `removeSystemEventTrigger`] */
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

  /** Registers for every firing; a bare function is `during` (C53). */
  on<const K extends EventKey<E, B>>(
    type: K,
    trigger: Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>,
    options?: ShortOptions,
  ): TriggerHandle {
    return this.#events.register(type, trigger as Trigger | Phases, takeOptions(options, true)); // as: see addSystemEventTrigger
  }

  /** Registers for the next firing alone; a bare function is `during` (C53). */
  once<const K extends EventKey<E, B>>(
    type: K,
    trigger: Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>,
    options?: ShortOptions,
  ): TriggerHandle {
    return this.#events.register(type, trigger as Trigger | Phases, takeOptions(options, false)); // as: see addSystemEventTrigger
  }

  /**
   * Fires an event: before, during, after (C9). Synchronous as long as no trigger returns a thenable (C12). The promise never rejects
   * (C15); throws `EventAlreadyFiringError` or `ReservedEventError` at once (C20).
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

  /** Whether a firing of this type is under way, or asked for next (C20). */
  isFiring(eventType: EventKey<E, B>): boolean {
    return this.#events.isFiring(eventType);
  }

  // ── Life (C24–C33, C54) ──

  /** `stopping` from the call of `stop()` on, before anything of the stop has run; `idle` again after `crash()`. */
  get state(): ReactorState {
    return this.#life.state;
  }

  /** True from the first `during startup` trigger to the last `before shutdown` one. [Twisted: `running`] */
  get running(): boolean {
    return this.#life.running;
  }

  /** Aborts with the stop reason when stopping begins, and on crash; a new one for each run (C54). */
  get signal(): HostAbortSignal {
    return this.#life.signal;
  }

  /**
   * Fires startup, lives until it is stopped, fires shutdown; resolves with what became of it (C24). Rejects with `StartupFailedError`
   * alone. Throws `ReactorAlreadyRunningError` or `ReactorNotRestartableError` at once. Aborting `signal` stops.
   */
  run(options: { readonly signal?: AbortSignalLike } = {}): Promise<RunResult> {
    return this.#life.run(options.signal);
  }

  /** Resolves with the report of startup as soon as that is over, long before `run()` does; undefined before `run()`. */
  get startupReport(): Promise<FiringReport> | undefined {
    return this.#life.startupReport;
  }

  /**
   * Ends the run in order: what is queued by now still runs, then `shutdown` fires (C28, C29). Returns the promise of `run()`. Throws
   * `ReactorNotRunningError` when there is no run, `SelfWaitError` in the synchronous part of a shutdown trigger.
   */
  stop(reason: StopReason = { kind: 'stop' }): Promise<RunResult> {
    checkReason(reason, 'stop()');
    return this.#life.stop(reason);
  }

  /** Opens the barriers of startup and shutdown, now: each phase still runs, none waits (C32). Throws `ReactorNotRunningError` when there is no run. */
  escalate(reason: StopReason = { kind: 'stop' }): void {
    checkReason(reason, 'escalate()');
    this.#life.escalate(reason);
  }

  /** Ends the run after the turn under way and fires nothing; the reactor can be run again (C31). [Twisted: `crash`] */
  crash(): void {
    this.#life.crash();
  }

  /**
   * Runs one turn by hand and returns the milliseconds until it wants the next: 0, a number, or `Infinity` (C38). Legal in any state;
   * re-entered: `ReentrantTurnError`. [Twisted: `iterate`]
   */
  iterate(): number {
    return this.#loop.iterate(this.state !== 'stopped');
  }

  /**
   * Calls `fn` once the reactor runs (C27): running, at once, and what it throws is the caller's; before, as an `after startup` trigger whose
   * promise is not waited for; later `ReactorNotRunningError`. [Twisted: `callWhenRunning`]
   */
  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    checkFunction(fn, 'The function for callWhenRunning');
    return this.#life.callWhenRunning(fn);
  }

  /**
   * Work in flight that a stop must not cut (C57): it holds `before shutdown`; given later, the phase under way. The limits of shutdown
   * bound it. A rejection is reported; one that holds the stop is a failed trigger of shutdown. Throws `TypeError` for what is no
   * thenable, `ReactorNotRunningError` once the last phase of shutdown is over.
   *
   * @example
   * reactor.waitUntil(saveReport(), { name: 'save the report' });
   */
  waitUntil(promise: PromiseLike<unknown>, { name = 'waitUntil' }: WorkOptions = {}): void {
    this.#life.waitUntil(promise, name);
  }

  /**
   * Registers both ends of a service (C52) and returns it; used twice it counts once. Throws `ServiceGraphError`, `PhasePassedError`,
   * `TypeError`, or `RangeError` for a lead time that the shutdown deadline has no room for.
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
    return `${this.constructor.name}: ${this.state}${services === '' ? '' : `\n${services}`}`;
  }

  // ── Calls (C34–C42) ──

  /** Monotonic milliseconds: the clock that timed calls use (C39). */
  now(): number {
    return this.#clock.now();
  }

  /** Queues `fn` for the next turn, from any context, in order (C37). */
  callSoon(fn: () => unknown, _options?: Pick<CallOptions, 'context'>): void {
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
    if (options?.onDrop !== undefined && this.state === 'stopped') this.#life.dropTimed();
    return call;
  }

  /** Those that wait, in the order they will run (C42). [Twisted: `getDelayedCalls`] */
  getDelayedCalls(): readonly DelayedCall[] {
    return this.#loop.timers.list();
  }

  // ── Watching (C46, C47, C64) ──

  /** Puts an error on the one error path (C48) without stopping anything; `name` says whose it is (C64). */
  report(error: unknown, source: Partial<Pick<ErrorSource, 'kind' | 'name'>> = {}): void {
    this.#env.report(error, { kind: source.kind ?? 'call', name: source.name ?? 'report' });
  }

  /** What waits, and what holds it, at this moment (C47). */
  pending(): readonly PendingItem[] {
    return [...this.#loop.pending(), ...this.#life.pending()];
  }

  /** Counters since the reactor was made (C47). */
  stats(): Stats {
    return { ...this.#loop.stats(), errors: this.#env.errors };
  }
}

/** Reads what reports and statuses show of a reason: one that cannot be read is refused before anything stops. */
function checkReason(reason: unknown, what: string): void {
  try {
    const { kind } = reason as Partial<StopReason>; // as: callers without types pass anything
    const { signal } = reason as Partial<StopReason>; // as: see above
    if (typeof reason === 'object' && typeof kind !== 'function' && typeof signal !== 'function') return;
  } catch {
    // It is refused below.
  }
  throw new TypeError(
    `${what} got ${describeGiven(reason)} for its reason: give an object such as { kind: 'stop' }, or nothing`,
  );
}

function checkShare(value: number, what: string): void {
  if (typeof value !== 'number') throw new TypeError(`${what} is ${describeGiven(value)}: give a number above 0`);
  if (!(value > 0)) throw new RangeError(`${what} is ${String(value)}: give a number above 0`);
}
