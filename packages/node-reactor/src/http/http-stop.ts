import type { ServiceHost } from '@triphase/core';
import {
  closeNow,
  closeOverLeadTime,
  endEventStreams,
  QUIET_MS,
  untilQuiet,
  waitUnlessHurried,
  type CutRequest,
  type RequestStop,
} from '@triphase/core/serving';
import { setImmediate } from 'node:timers';
import { builtin } from '../builtin.ts';
import { primaryKnows } from '../cluster/listener-closed.ts';
import { closeListener } from './listen.ts';
import type { AnyServer } from './server.ts';
import type { Traffic } from './traffic.ts';

/** How often a server that drains looks for connections that are idle for too long. Milliseconds. */
const SWEEP_MS = 25;

/** What a stop needs to know of its server. Times are in milliseconds. */
export interface StopPlan {
  readonly server: AnyServer;
  readonly traffic: Traffic;
  readonly app: ServiceHost;
  readonly leadTime: number;
  readonly idleGrace: number;
  readonly upgradeTimeout: number;
  readonly onStop: (() => unknown) | undefined;
  readonly name: string;
}

/**
 * One stop of a server (N13):
 *
 *     lead time: serves on ─► hold requests until no connection comes ─► close the listener ─► drain: answer, close ─► drained
 *
 * `hurry()` skips to the closed listener, `cut()` to the end.
 */
export class HttpStop implements RequestStop {
  /** Settles when the listener is closed. */
  readonly listenerClosed: Promise<void>;
  /** Settles when no connection is left. */
  readonly drained: Promise<void>;
  readonly #plan: StopPlan;
  readonly #hurry = new AbortController();
  #resolveDrained: () => void = () => undefined;
  #isDrained = false;
  readonly #leadEndsAt: number;
  #isCancelled = false;
  #closedAt = 0;

  constructor(plan: StopPlan) {
    this.#plan = plan;
    this.#leadEndsAt = plan.app.now() + plan.leadTime;
    this.drained = new Promise((resolve) => {
      this.#resolveDrained = resolve;
    });
    this.listenerClosed = this.#close();
  }

  /** The rest of the lead time in milliseconds; 0 once it is over. */
  get leadTimeLeft(): number {
    return this.#closedAt > 0 ? 0 : Math.max(0, this.#leadEndsAt - this.#plan.app.now());
  }

  /** When the listener was closed, on the clock of the reactor. */
  get closedAt(): number {
    return this.#closedAt;
  }

  /** Skips the lead time and the hold: after a second signal, or at a limit. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** The reactor has crashed: the server goes on as if it had not been stopped. Returns whether its listener is closed already. */
  cancel(): boolean {
    this.#isCancelled = true;
    this.hurry();
    this.#plan.traffic.reopen();
    return this.#closedAt > 0;
  }

  /** Ends all connections now. `reason` makes the error from the requests that were being answered. */
  cut(reason: (requests: readonly CutRequest[]) => unknown): void {
    const { traffic, app } = this.#plan;
    this.hurry();
    const { exchanges } = traffic;
    const requests = exchanges
      .filter(({ isEventStream }) => !isEventStream)
      .map((exchange) => exchange.describe(app.now()));
    const error = reason(requests);
    for (const exchange of exchanges) exchange.abort(error);
    traffic.destroy();
    this.#finish();
  }

  async #close(): Promise<void> {
    const { traffic, server, app, idleGrace } = this.#plan;
    closeOverLeadTime(this.#plan, traffic.upgraded);
    await this.#wait(this.#plan.leadTime);
    if (this.#isCancelled) return;
    traffic.hold();
    if ((await this.#waitUntilQuiet()) === 'cancelled') return;
    if (server.listening) {
      closeListener(server);
      // Until the primary of a cluster knows that this listener is closed, it hands connections to this worker. If this worker closed
      // a connection before that, the client would connect anew, and could get this worker again.
      if (process.connected && builtin('cluster').isWorker)
        await (primaryKnows(this.#hurry.signal) ?? this.#wait(QUIET_MS));
    }
    this.#closedAt = app.now();
    traffic.beginClosing(idleGrace);
    traffic.followConnections(() => {
      if (traffic.connections.size === 0) this.#sweep();
    });
    closeNow(this.#plan, traffic.upgraded);
    this.#sweep();
  }

  /** Waits until no connection comes any more: clients whose requests are held do not connect anew (N13). */
  async #waitUntilQuiet(): Promise<'quiet' | 'cancelled'> {
    const { traffic } = this.#plan;
    await untilQuiet({
      count: () => traffic.arrived,
      wait: (ms) => this.#wait(ms),
      turn: () => new Promise((resolve) => void setImmediate(resolve)),
      isHurried: () => this.#hurry.signal.aborted,
    });
    return this.#isCancelled ? 'cancelled' : 'quiet';
  }

  #wait(ms: number): Promise<void> {
    return waitUnlessHurried(this.#plan.app, ms, this.#hurry.signal);
  }

  /**
   * Ends event streams, closes connections that are idle for too long and WebSockets that have not closed in time, and runs again until no
   * connection is left.
   */
  #sweep(): void {
    if (this.#isDrained || this.#isCancelled) return;
    const { traffic, app, idleGrace, upgradeTimeout } = this.#plan;
    const now = app.now();
    endEventStreams(this.#plan, traffic.exchanges);
    for (const connection of traffic.connections.values()) {
      if (connection.upgraded !== undefined && now >= this.#closedAt + upgradeTimeout) connection.socket.destroy();
      else connection.closeIfIdle(now, { closedAt: this.#closedAt, idleGrace });
    }
    if (traffic.connections.size > 0) this.#sweepSoon();
    else this.#finish();
  }

  #sweepSoon(): void {
    const sweep = (): void => {
      this.#sweep();
    };
    this.#plan.app.callLater(SWEEP_MS, sweep, { name: `${this.#plan.name} drain` });
  }

  #finish(): void {
    if (this.#isDrained) return;
    this.#isDrained = true;
    const { server, traffic } = this.#plan;
    traffic.finish();
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close(); // ends the timer that would keep the server in memory
    this.#resolveDrained();
  }
}
