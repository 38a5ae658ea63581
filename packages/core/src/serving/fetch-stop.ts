import { createAbortController, type ServiceHost } from '@triphase/core';
import type { CutRequest } from './errors.ts';
import type { FetchExchange } from './fetch-exchange.ts';
import type { FetchListener } from './fetch-host.ts';
import type { FetchTraffic } from './fetch-traffic.ts';
import { untilQuiet } from './quiet.ts';
import type { RequestStop } from './request-service.ts';
import { closeNow, closeOverLeadTime, waitUnlessHurried } from './stop-steps.ts';

/** Milliseconds between two looks for event streams and WebSockets, which don't end by themselves, while a server drains. */
const SWEEP_MS = 25;
/** How long a client that has sent a part of its request headers may keep the listener open. Milliseconds. */
const PARTIAL_MS = 2_000;
/** Answers that began before the stop may keep the listener open this long. Milliseconds. */
const STREAMS_MS = 5_000;

type State = 'serving' | 'stopping' | 'closed' | 'drained' | 'cancelled';

/** What a stop needs to know of its server. Times are in milliseconds. */
export interface FetchStopPlan {
  readonly listener: FetchListener;
  /** Called when the listener closes. */
  readonly close: () => void;
  readonly traffic: FetchTraffic;
  readonly app: ServiceHost;
  readonly leadTime: number;
  readonly drainTimeout: number;
  readonly upgradeTimeout: number;
  readonly losesBodies: boolean;
  readonly onStop: (() => unknown) | undefined;
  readonly name: string;
}

/**
 * One stop of a server of the Fetch standard (N13):
 *
 *     lead time: serves on ─► hold requests until none comes ─► close the listener ─► drain: answer, close ─► drained
 *                                  ▲                    │
 *                                  └── all have ended ◄─┴─ serves on, each answer closes its connection
 *
 * The loop is for what the close of the listener would break: bodies that are arriving, on hosts that lose them, and connections that an
 * answer which began earlier has promised to keep. `hurry()` skips to the closed listener, `cut()` to the end.
 */
export class FetchStop implements RequestStop {
  /** Settles when the listener is closed. If the close would break something, settles earlier: when the wait for that begins. */
  readonly listenerClosed: Promise<void>;
  readonly drained: Promise<void>;
  readonly #plan: FetchStopPlan;
  readonly #hurry = createAbortController();
  readonly #leadEndsAt: number;
  #state: State = 'serving';
  #closedAt = 0;
  #idleSince: number | undefined;
  #nextSweep: Disposable | undefined;
  #resolveClosed: () => void = () => undefined;
  #resolveDrained: () => void = () => undefined;

  constructor(plan: FetchStopPlan) {
    this.#plan = plan;
    this.#leadEndsAt = plan.app.now() + plan.leadTime;
    this.listenerClosed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.drained = new Promise((resolve) => {
      this.#resolveDrained = resolve;
    });
    void this.#run();
  }

  get leadTimeLeft(): number {
    return this.#state === 'serving' ? Math.max(0, this.#leadEndsAt - this.#plan.app.now()) : 0;
  }

  get closedAt(): number {
    return this.#closedAt;
  }

  hurry(): void {
    this.#hurry.abort(undefined);
  }

  cancel(): boolean {
    const isClosed = this.#state === 'closed' || this.#state === 'drained';
    this.#state = 'cancelled';
    this.hurry();
    this.#plan.traffic.reopen();
    return isClosed;
  }

  cut(reason: (requests: readonly CutRequest[]) => unknown): void {
    const { traffic, app, listener } = this.#plan;
    this.hurry();
    const { exchanges, upgraded } = traffic;
    const cut = exchanges.filter(({ isEventStream }) => !isEventStream);
    const requests = cut.map((exchange) => exchange.describe(app.now()));
    const unknown = Math.max(0, (listener.underWay?.() ?? 0) - exchanges.length);
    for (let n = 0; n < unknown; n++) requests.push({ method: '?', path: '(its answer was being sent)', age: 0 });
    const error = reason(requests);
    for (const exchange of exchanges) {
      exchange.abort(error);
      exchange.destroy();
    }
    for (const socket of upgraded) socket.destroy();
    this.#end();
  }

  async #run(): Promise<void> {
    const { traffic, app } = this.#plan;
    closeOverLeadTime(this.#plan, traffic.upgraded);
    await this.#wait(this.#plan.leadTime);
    if (!this.#is('serving')) return;
    await this.#hold();
    if (!this.#is('serving')) return;
    this.#closedAt = app.now();
    this.#state = 'stopping';
    closeNow(this.#plan, traffic.upgraded);
    const mustWait = this.#wouldBreak().length > 0;
    if (mustWait) {
      this.#resolveClosed();
      this.#sweep();
      await this.#untilNoneWouldBreak();
      if (!this.#is('stopping')) return;
    }
    this.#state = 'closed';
    const stopped = this.#stopListener();
    traffic.beginClosing();
    this.#resolveClosed();
    if (!mustWait) this.#sweep();
    await this.#settled(stopped);
    this.#finish();
  }

  /** A function, since TypeScript assumes that an await doesn't change the state. */
  #is(state: State): boolean {
    return this.#state === state;
  }

  /** Holds requests until none comes any more. */
  #hold(): Promise<void> {
    const { traffic } = this.#plan;
    traffic.hold();
    return untilQuiet({
      count: () => traffic.arrived,
      wait: (ms) => this.#wait(ms),
      turn: () => this.#turn(),
      isHurried: () => this.#hurry.signal.aborted,
    });
  }

  /** What the close of the listener would break now, except what has taken longer than its limit already. */
  #wouldBreak(): readonly FetchExchange[] {
    const { traffic, app, losesBodies, drainTimeout } = this.#plan;
    const age = app.now() - this.#closedAt;
    return [
      ...(losesBodies && age < drainTimeout ? traffic.withBodiesComing : []),
      ...(age < Math.min(STREAMS_MS, drainTimeout) ? traffic.onKeptConnections : []),
    ];
  }

  /** Serves on until what is under way has ended; holds again, and looks again. */
  async #untilNoneWouldBreak(): Promise<void> {
    const { traffic } = this.#plan;
    for (let waiting = this.#wouldBreak(); waiting.length > 0; waiting = this.#wouldBreak()) {
      traffic.beginClosing();
      const isWaiting = (): boolean => this.#wouldBreak().some((exchange) => waiting.includes(exchange));
      while (isWaiting() && !this.#hurry.signal.aborted) await this.#wait(SWEEP_MS);
      await this.#hold();
      if (this.#hurry.signal.aborted) return;
    }
  }

  #stopListener(): PromiseLike<unknown> {
    const { listener, close } = this.#plan;
    close();
    return listener.stop();
  }

  async #settled(stopped: PromiseLike<unknown>): Promise<void> {
    try {
      await stopped;
    } catch (error) {
      this.#plan.app.report(error, { kind: 'service', name: this.#plan.name });
    }
  }

  #wait(ms: number): Promise<void> {
    return waitUnlessHurried(this.#plan.app, ms, this.#hurry.signal);
  }

  /** One turn of the host's loop, by a timer of 1 ms: a timer without delay may fire before the host has looked at its sockets (D2). */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        resolve();
      };
      this.#plan.app.callLater(1, resume, { onDrop: resume });
    });
  }

  /** Ends event streams and WebSockets, and is called again until nothing is left. */
  #sweep(): void {
    if (this.#state !== 'stopping' && this.#state !== 'closed') return;
    const { traffic, app, listener, upgradeTimeout, name } = this.#plan;
    const now = app.now();
    for (const exchange of traffic.exchanges) exchange.endEventStream();
    const { exchanges, upgraded } = traffic;
    if (now >= this.#closedAt + upgradeTimeout) for (const socket of upgraded) socket.destroy();
    const isIdle = exchanges.length === 0 && upgraded.length === 0 && (listener.underWay?.() ?? 0) === 0;
    this.#idleSince = isIdle ? (this.#idleSince ?? now) : undefined;
    if (this.#state === 'closed' && this.#idleSince !== undefined && now >= this.#idleSince + PARTIAL_MS) {
      this.#end();
      return;
    }
    const sweep = (): void => {
      this.#sweep();
    };
    this.#nextSweep = app.callLater(SWEEP_MS, sweep, { name: `${name} drain` });
  }

  /** Cuts the connections that are left, where the host can. */
  #end(): void {
    const { traffic } = this.#plan;
    if (this.#is('drained') || this.#is('cancelled')) return;
    if (!this.#is('closed')) void this.#settled(this.#stopListener());
    traffic.beginClosing();
    this.#state = 'closed';
    void this.#abort();
  }

  async #abort(): Promise<void> {
    const aborted = this.#plan.listener.abort?.();
    if (aborted !== undefined) await this.#settled(aborted);
    this.#finish();
  }

  #finish(): void {
    this.#nextSweep?.[Symbol.dispose]();
    if (this.#is('cancelled')) return;
    this.#state = 'drained';
    this.#resolveClosed();
    this.#resolveDrained();
  }
}
