import { createServer, type Server, type ServerResponse } from 'node:http';
import {
  health,
  listed,
  printable,
  type AppHealth,
  type Phases,
  type Service,
  type ServiceHealth,
  type ServiceHost,
  type StopReason,
} from '@triphase/core';
import { listen } from './listen.ts';
import { isInKubernetes, type ProbeOptions, type ServeHttpOptions } from './options.ts';

/** What a probe is told. */
export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly body: string;
}

/** What the probes ask. */
export interface ProbeSource {
  /** The shutdown deadline has not passed. */
  isLive(): boolean;
  /** Undefined until the service is used. */
  app(): ServiceHost | undefined;
}

export const PROBE_HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } as const;

/** Calls `then` with the answer: at once, or when the services have said how they are. */
export function whenAnswered(answer: ProbeAnswer | Promise<ProbeAnswer>, then: (answer: ProbeAnswer) => void): void {
  if (answer instanceof Promise) void answer.then(then);
  else then(answer);
}

/**
 * `GET /livez` and `/readyz` (N12): whether the program lives, and whether it should get requests. With `?verbose` each service is listed
 * with its state and health (C61).
 */
export class Probes {
  readonly #live: string | false;
  readonly #ready: string | false;
  readonly #source: ProbeSource;

  constructor({ live = '/livez', ready = '/readyz' }: ProbeOptions, source: ProbeSource) {
    this.#live = live;
    this.#ready = ready;
    this.#source = source;
  }

  /** Undefined for what is no probe. */
  answer(method: string | undefined, url: string | undefined): ProbeAnswer | Promise<ProbeAnswer> | undefined {
    if ((method !== 'GET' && method !== 'HEAD') || url === undefined) return undefined;
    if (isAt(url, this.#ready)) return this.#readiness(isVerbose(url));
    if (isAt(url, this.#live)) return this.#liveness(isVerbose(url));
    return undefined;
  }

  /** Whether there is a probe at this path, whatever the method. */
  has(url: string): boolean {
    return isAt(url, this.#ready) || isAt(url, this.#live);
  }

  #readiness(withServices: boolean): ProbeAnswer | Promise<ProbeAnswer> {
    const app = this.#source.app();
    const state = app?.state ?? 'idle';
    if (app === undefined || (state !== 'running' && !withServices)) return { status: 503, body: `${state}\n` };
    return health(app).then((found) => {
      const rest = withServices ? servicesOf(found) : '';
      if (found.ready) return { status: 200, body: `ready\n${rest}` };
      const isMissing = (service: ServiceHealth): boolean => service.affectsReadiness && service.health === 'down';
      const missing = listed(found.services.filter(isMissing), ({ name }) => printable(name));
      return { status: 503, body: `${found.state === 'running' ? `down: ${missing}` : found.state}\n${rest}` };
    });
  }

  #liveness(withServices: boolean): ProbeAnswer | Promise<ProbeAnswer> {
    const app = this.#source.app();
    const answer = (rest: string): ProbeAnswer =>
      this.#source.isLive()
        ? { status: 200, body: `live\n${rest}` }
        : { status: 503, body: `past the deadline\n${rest}` };
    return withServices && app !== undefined ? health(app).then((found) => answer(servicesOf(found))) : answer('');
  }
}

/** One line for each service. Details of its health and its settings are for the program alone: anybody may ask a probe. */
function servicesOf({ services }: AppHealth): string {
  const line = ({ name, state, status, health, attempts, age, affectsReadiness }: ServiceHealth): string => {
    const parts = [
      `${state} for ${(age / 1_000).toFixed(1)} s`,
      ...(attempts > 1 ? [`started ${String(attempts)} times`] : []),
      ...(status === undefined ? [] : [printable(status)]),
      ...(affectsReadiness ? ['affects readiness'] : []),
    ];
    return `[${health === 'up' ? '+' : '-'}] ${printable(name)}: ${parts.join(', ')}\n`;
  };
  return services.map(line).join('');
}

/** Whether the query has the key `verbose`. */
function isVerbose(url: string): boolean {
  const query = url.indexOf('?');
  return query >= 0 && new URLSearchParams(url.slice(query)).has('verbose');
}

/** Answers a request of HTTP/1, unless it has been answered, as by a stop that could not wait. */
export function writeAnswer(response: ServerResponse, { status, body }: ProbeAnswer, method: string | undefined): void {
  if (response.headersSent || response.destroyed) return;
  const length = { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...PROBE_HEADERS, ...length }).end(method === 'HEAD' ? '' : body);
}

/** Without allocating: this is asked for each request (benchmark: P14). */
function isAt(url: string, path: string | false): boolean {
  if (path === false || !url.startsWith(path)) return false;
  return url.length === path.length || url[path.length] === '?';
}

/** Probes on a port of their own: open before anything else starts, closed when all has stopped (N12). */
export class ProbeService implements Service {
  readonly name: string;
  readonly server: Server;
  readonly startup: Phases = { before: () => listen(this.server, this.name, this.#options) };
  readonly shutdown: Phases<StopReason> = {
    after: () => {
      this.server.close();
      this.server.closeAllConnections();
    },
  };
  readonly #options: ServeHttpOptions;

  constructor(probes: Probes, name: string, { port = 0, hostname }: ProbeOptions, serverHostname: string | undefined) {
    this.name = `${name} probes`;
    const host = hostname ?? (isInKubernetes() ? serverHostname : '127.0.0.1');
    this.#options = { port, ...(host !== undefined && { hostname: host }) };
    this.server = createServer((request, response) => {
      const { method, url = '' } = request;
      const answer = probes.answer(method, url);
      if (answer !== undefined)
        whenAnswered(answer, (found) => {
          writeAnswer(response, found, method);
        });
      else if (probes.has(url)) response.writeHead(405, { ...PROBE_HEADERS, allow: 'GET, HEAD' }).end('GET or HEAD\n');
      else response.writeHead(404, PROBE_HEADERS).end('there are only the probes here\n');
    });
  }
}
