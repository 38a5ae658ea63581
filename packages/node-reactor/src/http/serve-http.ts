import {
  HostMissingError,
  ResourceClosedError,
  TriggerTimeoutError,
  type Phases,
  type Service,
  type ServiceHost,
  type StopReason,
  type TriggerContext,
} from '@triphase/core';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { escalatedBy, hasFailedToStart, isCrash, isRestart, onAbort } from './abort-reasons.ts';
import { urlOf } from './address.ts';
import { count, requestsCut, type RequestCutError } from './errors.ts';
import { HttpPause } from './http-pause.ts';
import { HttpStop } from './http-stop.ts';
import { isSystemdFd } from './listen-fds.ts';
import { listen } from './listen.ts';
import { checkOptions, copyOptions, defaultLeadTime, type ServeHttpOptions } from './options.ts';
import { Probes, ProbeService } from './probes.ts';
import { isSecure, type AnyServer } from './server.ts';
import { Traffic } from './traffic.ts';

/** Defaults in milliseconds. */
const IDLE_GRACE_MS = 500;
const UPGRADE_TIMEOUT_MS = 2_000;

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
 * `ListenError`. On Bun `fd: 'systemd'` is a `HostMissingError`.
 *
 * @example
 * const server = createServer((request, response) => response.end('hello\n'));
 * await runService((app) => app.use(serveHttp(server, { port: 3000 })));
 */
export function serveHttp<S extends AnyServer>(server: S, given: ServeHttpOptions = {}): HttpService<S> {
  const options = copyOptions(given);
  if (isSystemdFd(options.fd) && globalThis.process.versions['bun'] !== undefined) {
    throw new HostMissingError(
      `serveHttp() got fd '${options.fd}' on Bun, whose servers cannot listen on a socket of systemd: give a port, or run this program on Node`,
    );
  }
  if (!((server as unknown) instanceof NetServer)) {
    throw new TypeError(
      'serveHttp() got something that is no server: pass one of node:http, node:https or node:http2, on Node (on Bun these are no servers of node:net)',
    );
  }
  checkOptions(server, options);
  if (served.has(server))
    throw new TypeError('This server is under serveHttp() already: use the service that it returned');
  served.add(server);
  return new ServedHttp(server, options);
}

class ServedHttp<S extends AnyServer> implements HttpService<S> {
  readonly name: string;
  readonly server: S;
  readonly needs: readonly Service[];
  readonly startup: Phases = {
    during: () => this.#start(),
    after: () => {
      this.#wasReady = true;
    },
  };
  readonly shutdown: Phases<StopReason> = {
    before: (context) => (isRestart(context) ? undefined : this.#stopAccepting(context.signal)),
    during: (context) => (isRestart(context) ? this.#pauseOrDrain(context) : this.#drain(context.signal)),
  };
  readonly #options: ServeHttpOptions;
  readonly #traffic: Traffic;
  readonly #probes: Probes | undefined;
  #app: ServiceHost | undefined;
  #address: AddressInfo | string | null = null;
  #stop: HttpStop | undefined;
  /** From the first half of a restart to the end of the second. */
  #pause: HttpPause | undefined;
  #wasReady = false;
  #isPastDeadline = false;
  /** Other servers that need this one. */
  readonly #dependants: Set<Service> = new Set();

  constructor(server: S, options: ServeHttpOptions) {
    const { name = 'http', needs = [], probes = {} } = options;
    this.server = server;
    this.name = name;
    this.needs = needs;
    for (const need of needs) if (need instanceof ServedHttp) need.#dependants.add(this);
    this.#options = options;
    const app = (): ServiceHost | undefined => this.#app;
    const isLive = (): boolean => !this.#isPastDeadline;
    this.#probes =
      probes === false
        ? undefined
        : new Probes(probes, { isLive, app, isRestarting: () => this.#traffic.intake.state !== 'up' });
    const onOwnPort = probes !== false && probes.port === undefined ? this.#probes : undefined;
    this.#traffic = new Traffic(server, onOwnPort, app);
    if (server.listening) this.#address = server.address();
  }

  get leadTime(): number {
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
    const { exchanges, connections, intake } = this.#traffic;
    const lead = this.#stop?.leadTimeLeft ?? 0;
    const since = lead > 0 ? `lead time, ${(lead / 1_000).toFixed(1)} s left, ` : '';
    const restart = this.#pause === undefined ? '' : `restarting, ${String(intake.waiting)} waiting, `;
    return `${since}${restart}${count(exchanges.length - intake.waiting, 'request')}, ${count(connections.size, 'connection')}`;
  }

  attach(app: ServiceHost): void {
    this.#app = app;
    const { probes = {}, hostname } = this.#options;
    if (probes !== false && probes.port !== undefined && this.#probes !== undefined)
      app.use(new ProbeService(this.#probes, this.name, probes, hostname));
    this.#watch(app);
  }

  /** From the stop's first moment: `before` may have to wait for services that need this one (N13). */
  #watch(app: ServiceHost): void {
    const { signal } = app;
    signal.addEventListener(
      'abort',
      () => {
        if (isCrash(signal)) this.#survive();
        // What needs this server still needs it: it closes once that has stopped (N18).
        else if (this.#pause !== undefined) this.#stopInRestart(this.#pause);
        else if (this.#dependants.size === 0) this.#beginStop();
      },
      { once: true },
    );
  }

  /** A crash stops nothing, and the reactor may be run again (C31). */
  #survive(): void {
    const app = this.#app;
    if (app === undefined) return;
    const isClosed = this.#stop?.cancel() === true;
    this.#stop = undefined;
    const pause = this.#pause;
    this.#pause = undefined;
    // What it needs is there if it had not stopped yet. Else the next run starts both.
    if (pause?.isDown === false) this.#traffic.intake.endRestart();
    else if (pause !== undefined) this.#traffic.intake.giveUpRestart();
    pause?.end();
    // The signal of the next run is there once the crash is over.
    queueMicrotask(() => {
      this.#watch(app);
    });
    if (!isClosed) return;
    this.#listen().catch((error: unknown) => {
      app.report(error, { kind: 'service', name: this.name });
    });
  }

  /** Listens; after a restart it does so already. */
  async #start(): Promise<void> {
    if (this.#stop !== undefined) this.#traffic.reopen(); // it was removed, and comes back (C63)
    this.#stop = undefined;
    await this.#listen();
    this.#pause = undefined;
    this.#traffic.intake.endRestart();
  }

  async #listen(): Promise<void> {
    try {
      await listen(this.server, this.name, this.#options, (take) => {
        this.#traffic.takeErrors(take);
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
      this.#app?.report(error, { kind: 'service', name: `${this.name} close` });
    }
  }

  /** Once, and not before it listens: a stop that comes earlier ends in `before shutdown`. */
  #beginStop(): HttpStop | undefined {
    const app = this.#app;
    if (this.#stop !== undefined || app === undefined || this.#address === null) return this.#stop;
    const { idleGrace = IDLE_GRACE_MS, upgradeTimeout = UPGRADE_TIMEOUT_MS, onStop } = this.#options;
    this.#stop = new HttpStop({
      server: this.server,
      traffic: this.#traffic,
      app,
      // A server that was never ready gets no requests from a balancer.
      leadTime: this.#hasLeadTime(app) ? this.leadTime : 0,
      idleGrace,
      upgradeTimeout,
      onStop,
      name: this.name,
    });
    return this.#stop;
  }

  /** Nor does a server get requests whose restart is cut: it is not ready. */
  #hasLeadTime(app: ServiceHost): boolean {
    return this.#wasReady && this.#dependants.size === 0 && this.#pause === undefined && !hasFailedToStart(app);
  }

  /** The first half of a restart (C60). A stop that begins meanwhile drains as always. */
  async #pauseOrDrain(context: TriggerContext<StopReason>): Promise<void> {
    const app = this.#app;
    if (this.#stop === undefined && this.#address !== null && app !== undefined)
      await this.#drainForRestart(app, context);
    if (this.#stop !== undefined) await this.#drain(context.signal);
  }

  async #drainForRestart(app: ServiceHost, context: TriggerContext<StopReason>): Promise<void> {
    const { drainTimeout = Infinity, upgradeTimeout = UPGRADE_TIMEOUT_MS, onStop } = this.#options;
    const pause = new HttpPause({ traffic: this.#traffic, app, upgradeTimeout, onStop, name: this.name });
    this.#pause = pause;
    const failure = await pause.within(drainTimeout, context);
    if (this.#stop === undefined) pause.isDown = true;
    if (failure === undefined) return;
    if (pause.isDown) throw failure;
    app.report(failure, { kind: 'service', name: this.name });
  }

  /** A stop begins between the two halves of a restart, or in the first one. */
  #stopInRestart(pause: HttpPause): void {
    const stop = this.#beginStop();
    if (!pause.isDown) {
      // What it needs is still there: all that has arrived is answered.
      this.#traffic.intake.endRestart();
      pause.end();
      return;
    }
    this.#traffic.intake.giveUpRestart();
    const close = async (): Promise<void> => {
      await stop?.drained;
      await this.#options.close?.();
    };
    this.#app?.waitUntil?.(close(), { name: this.name });
  }

  async #stopAccepting(signal: AbortSignal): Promise<void> {
    if (this.#dependants.size > 0) return;
    const stop = this.#beginStop();
    if (stop === undefined) return;
    onAbort(signal, () => {
      if (isCrash(signal)) this.#survive();
      else stop.hurry();
    });
    await stop.listenerClosed;
  }

  async #drain(signal: AbortSignal): Promise<void> {
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
      // What the engine has given up on can no longer fail: it is only told.
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

  #presentAddress(): AddressInfo | string {
    if (this.#address !== null) return this.#address;
    throw new ResourceClosedError(`Service "${this.name}" does not listen yet: read its port and url after startup`);
  }
}
