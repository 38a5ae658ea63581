import type { ServiceHost, StopReason, TriggerContext } from '@triphase/core';
import { isCrash, onAbort } from './abort-reasons.ts';
import { requestsCut, type RequestCutError } from './errors.ts';
import type { ServedExchange, ServedTraffic } from './served-traffic.ts';
import { closeNow, endEventStreams } from './stop-steps.ts';

/** How often it looks for requests that are over. Milliseconds. */
const SWEEP_MS = 10;

/** Requests are cut at most this long before the limit of the phase, so that the cut is done by then. Milliseconds. */
const MAX_RESERVE_MS = 1_000;

const REMEDY = 'Make them shorter, or raise drainTimeout and the limits of shutdown';

/** What a pause needs to know of its server. */
export interface PausePlan {
  readonly traffic: ServedTraffic;
  readonly app: ServiceHost;
  /** Milliseconds. */
  readonly upgradeTimeout: number;
  readonly onStop: (() => unknown) | undefined;
  readonly name: string;
}

/**
 * The first half of a restart (C60): new requests wait, and those under way are answered. Event streams and upgraded connections, which
 * don't end by themselves, are ended: otherwise their handlers would go on while the services that they use close. The listener and the
 * other connections stay open.
 *
 *     draining ─► drained ─► down
 */
export class RequestPause {
  /** Settles when nothing is under way any more, or nobody waits for that any longer. */
  readonly drained: Promise<void>;
  /** The server counts as stopped: what it needs may be closed. */
  isDown = false;
  readonly #plan: PausePlan;
  readonly #beganAt: number;
  #resolve: () => void = () => undefined;
  #isDrained = false;

  constructor(plan: PausePlan) {
    this.#plan = plan;
    this.#beganAt = plan.app.now();
    this.drained = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { traffic } = plan;
    traffic.intake.beginRestart();
    closeNow(plan, traffic.upgraded);
    this.#sweep();
  }

  /** Nobody waits for it any longer: a stop goes on from here, or the reactor has crashed. */
  end(): void {
    this.#isDrained = true;
    this.#resolve();
  }

  /**
   * Settles as `drained` does. Requests that take longer than `drainTimeout` milliseconds are cut. All are cut shortly before the limit of
   * the phase, since the program would end at that limit (C60). Resolves with an error if requests were cut.
   */
  async within(drainTimeout: number, context: TriggerContext<StopReason>): Promise<RequestCutError | undefined> {
    const { app, name } = this.#plan;
    const time = context.remaining();
    const limit = Math.min(drainTimeout, time - Math.min(MAX_RESERVE_MS, time / 5));
    let failure: RequestCutError | undefined;
    const cut = (): void => {
      failure = this.#cut(limit === drainTimeout ? 'drainTimeout' : `${String(Math.round(limit))} ms`);
    };
    const timer = limit < Infinity ? app.callLater(limit, cut, { name: `${name} drainTimeout` }) : undefined;
    onAbort(context.signal, () => {
      if (!isCrash(context.signal)) cut();
    });
    await this.drained;
    timer?.[Symbol.dispose]();
    return failure;
  }

  /** Ends what is under way now, each on its own connection. */
  #cut(limit: string): RequestCutError | undefined {
    if (this.#isDrained) return undefined;
    const { traffic, app, name } = this.#plan;
    const exchanges = this.#underWay();
    const requests = exchanges
      .filter(({ isEventStream }) => !isEventStream)
      .map((exchange) => exchange.describe(app.now()));
    const error = requestsCut(name, requests, `after ${limit} of a restart`, REMEDY);
    for (const exchange of exchanges) {
      exchange.abort(error);
      exchange.destroy();
    }
    for (const upgraded of traffic.upgraded) upgraded.destroy();
    this.end();
    return requests.length > 0 ? error : undefined;
  }

  #underWay(): ServedExchange[] {
    return this.#plan.traffic.exchanges.filter(({ isWaiting }) => !isWaiting);
  }

  #sweep(): void {
    if (this.#isDrained) return;
    const { traffic, app, upgradeTimeout, name } = this.#plan;
    const exchanges = this.#underWay();
    endEventStreams(this.#plan, exchanges);
    const { upgraded } = traffic;
    if (app.now() >= this.#beganAt + upgradeTimeout) for (const socket of upgraded) socket.destroy();
    if (exchanges.length === 0 && upgraded.length === 0) {
      this.end();
      return;
    }
    const sweep = (): void => {
      this.#sweep();
    };
    app.callLater(SWEEP_MS, sweep, { name: `${name} drain` });
  }
}
