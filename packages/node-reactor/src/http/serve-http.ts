import { HostMissingError, type Service, type ServiceHost } from '@triphase/core';
import { counted, Probes, RequestService, urlOf } from '@triphase/core/serving';
import type { AddressInfo } from 'node:net';
import { HttpStop } from './http-stop.ts';
import { listen } from './listen.ts';
import { checkOptions, copyOptions, defaultLeadTime, type ServeHttpOptions } from './options.ts';
import { ProbeService } from './probe-service.ts';
import { reportUnused } from './report-unused.ts';
import { isBunServer, isSecure, isServer, type AnyServer } from './server.ts';
import { Traffic } from './traffic.ts';

/** Milliseconds. */
const IDLE_GRACE_MS = 500;

/** A server as a service of a reactor. */
export interface HttpService<S extends AnyServer = AnyServer> extends Service {
  /** The port it listens on. Throws `ResourceClosedError` before it listens, `TypeError` on a unix socket. */
  readonly port: number;
  /** Such as `http://localhost:3000`. Throws `ResourceClosedError` before it listens. */
  readonly url: string;
  /** The server that was given. */
  readonly server: S;
  /** Such as `3 requests, 41 connections`: what is being answered, and what is open. */
  status(): string;
}

/** Servers that are under a `serveHttp` already. */
const served: WeakSet<AnyServer> = new WeakSet();

/**
 * An HTTP server as a service: listens once what it needs has started, and stops with no request broken (N12–N18). For servers of
 * `node:http`, `node:https` and `node:http2`, and for the frameworks on top of them.
 *
 * On a stop it goes on accepting for the lead time, closes the listener, answers every request that has arrived, closes idle connections,
 * WebSockets (with code 1001) and event streams, and names what it has to cut. `GET /livez` and `/readyz` are answered unless
 * `probes` is `false`.
 *
 * Throws `TypeError` for options that cannot work, and for a server that is served already. A port that is taken fails the start with
 * `ListenError`. On Bun `fd` is a `HostMissingError`, and idle connections are closed with the listener: `idleGrace` has no effect there.
 *
 * @example
 * const server = createServer((request, response) => response.end('hello\n'));
 * await runService((app) => app.use(serveHttp(server, { port: 3000 })));
 */
export function serveHttp<S extends AnyServer>(server: S, settings: ServeHttpOptions = {}): HttpService<S> {
  const options = copyOptions(settings);
  if (!isServer(server))
    throw new TypeError(
      'serveHttp() got something that is no server: pass one of node:http, node:https or node:http2, or use serveBun for a fetch handler on Bun',
    );
  checkOptions(server, options);
  const { fd } = options;
  if (fd !== undefined && isBunServer(server)) {
    const given = typeof fd === 'number' ? String(fd) : `'${fd}'`;
    throw new HostMissingError(
      `serveHttp() got fd ${given} on Bun, whose servers would listen on a random port instead: give a port or a path, or run this program on Node`,
    );
  }
  if (served.has(server))
    throw new TypeError('This server is under serveHttp() already: use the service that it returned');
  served.add(server);
  reportUnused();
  return new ServedHttp(server, options);
}

class ServedHttp<S extends AnyServer> extends RequestService implements HttpService<S> {
  readonly server: S;
  protected readonly traffic: Traffic;
  readonly #options: ServeHttpOptions;
  readonly #probes: Probes | undefined;
  #address: AddressInfo | string | null = null;

  constructor(server: S, options: ServeHttpOptions) {
    super(options);
    const { probes = {} } = options;
    this.server = server;
    this.#options = options;
    const app = (): ServiceHost | undefined => this.app;
    const isLive = (): boolean => this.isLive;
    this.#probes =
      probes === false
        ? undefined
        : new Probes(probes, { isLive, app, isRestarting: () => this.traffic.intake.state !== 'up' });
    const probesOnServerPort = probes !== false && probes.port === undefined ? this.#probes : undefined;
    this.traffic = new Traffic(server, probesOnServerPort, app);
    if (server.listening) this.#address = server.address();
  }

  override get leadTime(): number {
    return this.#options.leadTime ?? defaultLeadTime(this.server, this.#options);
  }

  get port(): number {
    const address = this.#presentAddress();
    if (typeof address === 'object') return address.port;
    throw new TypeError(`Service "${this.name}" listens on the unix socket ${address}, which has no port: read url`);
  }

  get url(): string {
    return urlOf(this.#presentAddress(), isSecure(this.server));
  }

  status(): string {
    const { exchanges, connections, intake } = this.traffic;
    return `${this.statusPrefix}${counted(exchanges.length - intake.waiting, 'request')}, ${counted(connections.size, 'connection')}`;
  }

  override attach(app: ServiceHost): void {
    const { probes = {}, hostname } = this.#options;
    if (probes !== false && probes.port !== undefined && this.#probes !== undefined)
      app.use(new ProbeService(this.#probes, this.name, probes, hostname));
    super.attach(app);
  }

  protected override get hasListened(): boolean {
    return this.#address !== null;
  }

  protected override async listen(): Promise<void> {
    try {
      await listen(this.server, this.name, this.#options, (take) => {
        this.traffic.takeErrors(take);
      });
    } catch (error) {
      if (this.#options.open !== undefined) await this.#closeFailedOpen();
      throw error;
    }
    // Node does not know the path of a unix socket that was handed over.
    this.#address = this.server.address() ?? (this.#options.fd === undefined ? null : `fd ${String(this.#options.fd)}`);
  }

  /** A framework opens plugins and modules before it listens: left open, they would keep the process alive (C52). */
  async #closeFailedOpen(): Promise<void> {
    try {
      await this.#options.close?.();
    } catch (error) {
      this.app?.report(error, { kind: 'service', name: `${this.name} close` });
    }
  }

  protected override newStop(app: ServiceHost, leadTime: number): HttpStop {
    const { server, traffic, upgradeTimeout, name } = this;
    const { idleGrace = IDLE_GRACE_MS, onStop } = this.#options;
    return new HttpStop({ server, traffic, app, leadTime, idleGrace, upgradeTimeout, onStop, name });
  }

  #presentAddress(): AddressInfo | string {
    if (this.#address !== null) return this.#address;
    throw this.notListening();
  }
}
