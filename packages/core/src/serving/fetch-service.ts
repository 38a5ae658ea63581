import type { Service, ServiceHost } from '@triphase/core';
import { hostAndPort, isLoopback, urlOf } from './address.ts';
import { counted } from './errors.ts';
import { checkFetchOptions, checkHandler, type FetchServiceOptions } from './fetch-options.ts';
import type { FetchHost, FetchListener } from './fetch-host.ts';
import { FetchStop } from './fetch-stop.ts';
import { FetchTraffic, type Handler } from './fetch-traffic.ts';
import { cannotListen } from './listen-error.ts';
import { FetchProbeService } from './fetch-probe-service.ts';
import { Probes } from './probes.ts';
import { RequestService, type RequestStop } from './request-service.ts';

/** The lead time in Kubernetes: endpoints need a few seconds to forget a pod. Milliseconds. */
const KUBERNETES_LEAD_MS = 5_000;

/** A server of the Fetch standard as a service of a reactor. */
export interface HttpFetchService extends Service {
  /** The port it listens on. Throws `ResourceClosedError` before it listens. */
  readonly port: number;
  /** Such as `http://localhost:3000`. Throws `ResourceClosedError` before it listens. */
  readonly url: string;
  /** Such as `3 requests`: what is being answered. */
  status(): string;
}

/**
 * For runtime packages: makes a service that runs a fetch handler on the host's own server, with all of N12–N18 that the host allows (D5).
 * `what` names the function of the package, for messages: `serveBun()`. Throws `TypeError` for options that cannot work.
 */
export function fetchService(
  what: string,
  host: FetchHost,
  handler: (request: never, ...extra: never[]) => unknown,
  options: FetchServiceOptions,
): HttpFetchService {
  checkHandler(what, handler);
  checkFetchOptions(what, options);
  return new FetchService(host, handler as unknown as Handler, options); // as: the host calls it with its own classes
}

class FetchService extends RequestService implements HttpFetchService {
  protected readonly traffic: FetchTraffic;
  readonly #host: FetchHost;
  readonly #options: FetchServiceOptions;
  readonly #probes: Probes | undefined;
  /** The listener that was made last. Kept after a stop or a crash, so that the next one takes the same port. */
  #listener: FetchListener | undefined;
  #isListening = false;

  constructor(host: FetchHost, handler: Handler, options: FetchServiceOptions) {
    super(options);
    const { probes = {} } = options;
    const app = (): ServiceHost | undefined => this.app;
    const isRestarting = (): boolean => this.traffic.intake.state !== 'up';
    this.#host = host;
    this.#options = options;
    this.#probes = probes === false ? undefined : new Probes(probes, { isLive: () => this.isLive, app, isRestarting });
    this.traffic = new FetchTraffic({
      handler,
      probes: probes !== false && probes.port === undefined ? this.#probes : undefined,
      app,
      name: this.name,
      losesBodies: host.losesBodies,
      warnsOfSignals: host.warnsOfSignals === true,
      upgrades: host.upgrades === true,
      upgraded: () => this.#listener?.upgraded?.() ?? [],
      signalOf: (request) => this.#listener?.signalOf?.(request) ?? request.signal,
      limitSilence: (request, isLimited) => this.#listener?.limitSilence?.(request, isLimited),
      hasAnswered: (request) => this.#listener?.hasAnswered?.(request) ?? true,
    });
  }

  override get leadTime(): number {
    const { leadTime, hostname } = this.#options;
    return leadTime ?? (this.#host.isInKubernetes() && !isLoopback(hostname) ? KUBERNETES_LEAD_MS : 0);
  }

  get port(): number {
    return this.#requireListener().port;
  }

  get url(): string {
    const { port, hostname: address, isSecure = false } = this.#requireListener();
    return urlOf({ address, port }, isSecure);
  }

  status(): string {
    const { traffic } = this;
    const underWay = this.#listener?.underWay?.() ?? traffic.exchanges.length;
    return `${this.statusPrefix}${counted(Math.max(0, underWay - traffic.intake.waiting), 'request')}`;
  }

  override attach(app: ServiceHost): void {
    const { probes = {}, hostname } = this.#options;
    if (probes !== false && probes.port !== undefined && this.#probes !== undefined)
      app.use(new FetchProbeService(this.#host, this.#probes, this.name, probes, hostname));
    super.attach(app);
  }

  protected override get hasListened(): boolean {
    return this.#listener !== undefined;
  }

  protected override async listen(): Promise<void> {
    if (this.#isListening) return;
    const { hostname, port: given } = this.#options;
    const port = this.#listener?.port ?? given; // the same one again, after a crash
    try {
      this.#listener = await this.#host.listen({ port, hostname }, (incoming) => this.traffic.handle(incoming));
    } catch (error) {
      const where = hostname === undefined ? `port ${String(port)}` : hostAndPort(hostname, port);
      throw cannotListen(this.name, where, this.#host.codeOf(error), error);
    }
    this.#isListening = true;
  }

  protected override newStop(app: ServiceHost, leadTime: number): RequestStop {
    const { traffic, upgradeTimeout, name } = this;
    const { drainTimeout = Infinity, onStop } = this.#options;
    const { losesBodies } = this.#host;
    const close = (): void => {
      this.#isListening = false;
    };
    const listener = this.#requireListener();
    const plan = { listener, close, traffic, app, leadTime, drainTimeout, upgradeTimeout, losesBodies, onStop, name };
    return new FetchStop(plan);
  }

  #requireListener(): FetchListener {
    if (this.#listener !== undefined) return this.#listener;
    throw this.notListening();
  }
}
