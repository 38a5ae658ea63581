import {
  ResourceClosedError,
  TriggerTimeoutError,
  type AbortSignalLike,
  type Phases,
  type Service,
  type ServiceHost,
  type StopReason,
  type TriggerContext,
} from '@triphase/core';
import { unusedServers } from '@triphase/core/process';
import { escalatedBy, hasFailedToStart, isCrash, isRestart, onAbort } from './abort-reasons.ts';
import { requestsCut, type CutRequest, type RequestCutError } from './errors.ts';
import { RequestPause } from './request-pause.ts';
import type { ServedTraffic } from './served-traffic.ts';

/** How long an upgraded connection may take to close. Milliseconds. */
const UPGRADE_TIMEOUT_MS = 2_000;

/** The options that all servers have in common. Times are in milliseconds. */
export interface RequestServiceOptions {
  /** Default `http`. */
  readonly name?: string | undefined;
  /** Started before it listens, stopped after its last answer. */
  readonly needs?: readonly Service[] | undefined;
  /** How long requests under way may take once the listener is closed; then they are cut. Default: as long as the phase has. */
  readonly drainTimeout?: number | undefined;
  /** How long an upgraded connection may take to close. Default 2 000. */
  readonly upgradeTimeout?: number | undefined;
  /** Closes upgraded connections in place of the service. */
  readonly onStop?: (() => unknown) | undefined;
  /** Called after the last answer. */
  readonly close?: (() => unknown) | undefined;
}

/** One stop of a server (N13): lead time, hold (requests wait until no new one comes), close of the listener, drain. */
export interface RequestStop {
  /** Settles when the listener is closed. */
  readonly listenerClosed: Promise<void>;
  /** Settles when nothing is under way any more. */
  readonly drained: Promise<void>;
  /** The rest of the lead time in milliseconds; 0 once it is over. */
  readonly leadTimeLeft: number;
  /** When the lead time and the hold were over, on the clock of the reactor: `drainTimeout` counts from here. */
  readonly closedAt: number;
  /** A second signal has come, or a limit has passed: skips the lead time and the hold. */
  hurry(): void;
  /** Ends everything now. `reason` makes the error from the requests that were being answered. */
  cut(reason: (requests: readonly CutRequest[]) => unknown): void;
  /** The reactor has crashed: the server goes on as if it had not been stopped. Returns whether its listener is closed already. */
  cancel(): boolean;
}

/**
 * A server as a service, whatever the host (N12–N18): when a stop begins, what a limit cuts, what a restart and a crash do. A subclass says
 * how it listens and how its listener closes.
 */
export abstract class RequestService implements Service {
  /** What reports and pending lines call it. */
  readonly name: string;
  /** Started before it listens, stopped after its last answer. */
  readonly needs: readonly Service[];
  /** Listens in `during`. */
  readonly startup: Phases = {
    during: () => this.#start(),
    after: () => {
      this.#wasReady = true;
    },
  };
  /** Closes the listener in `before`, answers what is under way in `during`. */
  readonly shutdown: Phases<StopReason> = {
    before: (context) => (isRestart(context) ? undefined : this.#stopAccepting(context.signal)),
    during: (context) => (isRestart(context) ? this.#pauseOrDrain(context) : this.#drain(context.signal)),
  };
  /** How long an upgraded connection may take to close. Milliseconds. */
  protected readonly upgradeTimeout: number;
  readonly #options: RequestServiceOptions;
  #app: ServiceHost | undefined;
  #stop: RequestStop | undefined;
  /** From the first half of a restart to the end of the second. */
  #pause: RequestPause | undefined;
  #wasReady = false;
  #isPastDeadline = false;
  /** Other servers that need this one. */
  readonly #dependants: Set<Service> = new Set();

  constructor(options: RequestServiceOptions) {
    const { name = 'http', needs = [], upgradeTimeout = UPGRADE_TIMEOUT_MS } = options;
    this.name = name;
    this.needs = needs;
    this.upgradeTimeout = upgradeTimeout;
    this.#options = options;
    for (const need of needs) if (need instanceof RequestService) need.#dependants.add(this);
    unusedServers.add(this);
  }

  /** The error for a reading of `port` or `url` before the server listens. */
  protected notListening(): ResourceClosedError {
    const hint = this.app === undefined ? 'pass it to app.use()' : 'read its port and url after startup';
    return new ResourceClosedError(`Service "${this.name}" does not listen yet: ${hint}`);
  }

  /** How long the server goes on accepting after a stop has begun. Milliseconds. */
  abstract get leadTime(): number;
  /** What comes to the server. */
  protected abstract readonly traffic: ServedTraffic;
  /** Whether it has listened in this run. */
  protected abstract get hasListened(): boolean;
  /** Listens. Does nothing if it listens already. */
  protected abstract listen(): Promise<void>;
  /** Begins a stop. */
  protected abstract newStop(app: ServiceHost, leadTime: number): RequestStop;

  /** The reactor that uses it; undefined before. */
  protected get app(): ServiceHost | undefined {
    return this.#app;
  }

  /** The shutdown deadline has not passed (N12). */
  protected get isLive(): boolean {
    return !this.#isPastDeadline;
  }

  /** What `status()` says first: the lead time, or a restart. */
  protected get statusPrefix(): string {
    const left = this.#stop?.leadTimeLeft ?? 0;
    const lead = left > 0 ? `lead time, ${(left / 1_000).toFixed(1)} s left, ` : '';
    const { waiting } = this.traffic.intake;
    return `${lead}${this.#pause === undefined ? '' : `restarting, ${String(waiting)} waiting, `}`;
  }

  /** Follows the signal of the reactor. */
  attach(app: ServiceHost): void {
    unusedServers.delete(this);
    this.#app = app;
    this.#watch(app);
  }

  /**
   * Begins the stop as soon as the signal of the reactor aborts: `before` may come later, as it waits for services that need this one
   * (N13).
   */
  #watch(app: ServiceHost): void {
    const { signal } = app;
    signal.addEventListener('abort', () => {
      if (isCrash(signal)) this.#survive();
      // A server that another server needs closes after that one has stopped (N18).
      else if (this.#pause !== undefined) this.#stopInRestart(this.#pause);
      else if (this.#dependants.size === 0) this.#beginStop();
    });
  }

  /** A crash stops nothing, and the reactor may be run again (C31). */
  #survive(): void {
    const app = this.#app;
    if (app === undefined) return;
    const isClosed = this.#stop?.cancel() === true;
    this.#stop = undefined;
    const pause = this.#pause;
    this.#pause = undefined;
    const { intake } = this.traffic;
    // If this server had not stopped yet, the services that it needs are still up. Otherwise the next run starts them and this server.
    if (pause?.isDown === false) intake.endRestart();
    else if (pause !== undefined) intake.giveUpRestart();
    pause?.end();
    // The signal of the next run is there once the crash is over.
    void Promise.resolve().then(() => {
      this.#watch(app);
    });
    if (!isClosed) return;
    this.listen().catch((error: unknown) => {
      app.report(error, { kind: 'service', name: this.name });
    });
  }

  /** Listens; after a restart it does so already. */
  async #start(): Promise<void> {
    if (this.#stop !== undefined) this.traffic.reopen(); // it was removed, and comes back (C63)
    this.#stop = undefined;
    await this.listen();
    this.#pause = undefined;
    this.traffic.intake.endRestart();
  }

  /** Begins the stop, once. Does nothing before the server listens: then there is nothing to stop. */
  #beginStop(): RequestStop | undefined {
    const app = this.#app;
    if (this.#stop !== undefined || app === undefined || !this.hasListened) return this.#stop;
    // A server that was never ready gets no requests from a balancer.
    this.#stop = this.newStop(app, this.#hasLeadTime(app) ? this.leadTime : 0);
    return this.#stop;
  }

  /** Whether a balancer may still send requests, so that the lead time is needed. Not if a restart was cut: the server was not ready. */
  #hasLeadTime(app: ServiceHost): boolean {
    return this.#wasReady && this.#dependants.size === 0 && this.#pause === undefined && !hasFailedToStart(app);
  }

  /** The first half of a restart (C60). A stop that begins meanwhile drains as always. */
  async #pauseOrDrain(context: TriggerContext<StopReason>): Promise<void> {
    const app = this.#app;
    if (this.#stop === undefined && this.hasListened && app !== undefined) await this.#drainForRestart(app, context);
    if (this.#stop !== undefined) await this.#drain(context.signal);
  }

  async #drainForRestart(app: ServiceHost, context: TriggerContext<StopReason>): Promise<void> {
    const { drainTimeout = Infinity, onStop } = this.#options;
    const { traffic, upgradeTimeout, name } = this;
    const pause = new RequestPause({ traffic, app, upgradeTimeout, onStop, name });
    this.#pause = pause;
    const failure = await pause.within(drainTimeout, context);
    if (this.#stop === undefined) pause.isDown = true;
    if (failure === undefined) return;
    if (pause.isDown) throw failure;
    app.report(failure, { kind: 'service', name });
  }

  /** A stop begins between the two halves of a restart, or in the first one. */
  #stopInRestart(pause: RequestPause): void {
    const stop = this.#beginStop();
    const { intake } = this.traffic;
    if (!pause.isDown) {
      // What it needs is still there: all that has arrived is answered.
      intake.endRestart();
      pause.end();
      return;
    }
    intake.giveUpRestart();
    const close = async (): Promise<void> => {
      await stop?.drained;
      await this.#options.close?.();
    };
    this.#app?.waitUntil?.(close(), { name: this.name });
  }

  async #stopAccepting(signal: AbortSignalLike): Promise<void> {
    if (this.#dependants.size > 0) return;
    const stop = this.#beginStop();
    if (stop === undefined) return;
    onAbort(signal, () => {
      if (isCrash(signal)) this.#survive();
      else stop.hurry();
    });
    await stop.listenerClosed;
  }

  async #drain(signal: AbortSignalLike): Promise<void> {
    const stop = this.#beginStop();
    if (stop === undefined) return;
    const { drainTimeout = Infinity } = this.#options;
    let failure: RequestCutError | undefined;
    const cut = (why: string, remedy: string): void => {
      stop.cut((requests) => {
        const error = requestsCut(this.name, requests, why, remedy);
        if (requests.length > 0) failure = error;
        return error;
      });
    };
    onAbort(signal, () => {
      if (isCrash(signal)) {
        this.#survive();
        return;
      }
      // The limit of the phase is not the deadline: a program that stops in time must not look dead (N12).
      const isLimit = signal.reason instanceof TriggerTimeoutError;
      this.#isPastDeadline = !isLimit;
      if (isLimit) cut('at the limit of the phase', 'Make them shorter, or raise the shutdown deadline');
      else cut(...escalatedBy(signal.reason));
      // The shutdown doesn't wait for this function any longer, so throwing would have no effect: the error is reported.
      if (failure !== undefined) this.#app?.report(failure, { kind: 'service', name: this.name });
    });
    await stop.listenerClosed;
    // The time counts from the close of the listener, which may be long before this phase.
    const left = Math.max(0, stop.closedAt + drainTimeout - (this.#app?.now() ?? 0));
    const atLimit = (): void => {
      cut('after drainTimeout', 'Make them shorter, or raise drainTimeout');
    };
    const limit = this.#app?.callLater(left, atLimit, { name: `${this.name} drainTimeout` });
    await stop.drained;
    limit?.[Symbol.dispose]();
    await this.#options.close?.();
    if (failure !== undefined && !signal.aborted) throw failure;
  }
}
