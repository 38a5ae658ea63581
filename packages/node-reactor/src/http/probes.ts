import { createServer, type Server } from 'node:http';
import type { Phases, Service, ServiceHost, StopReason } from '@triphase/core';
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

/** `GET /livez` and `/readyz` (N12): whether the program lives, and whether it should get requests. */
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
  answer(method: string | undefined, url: string | undefined): ProbeAnswer | undefined {
    if ((method !== 'GET' && method !== 'HEAD') || url === undefined) return undefined;
    if (isAt(url, this.#ready)) return this.#readiness();
    if (isAt(url, this.#live)) return this.#liveness();
    return undefined;
  }

  /** Whether there is a probe at this path, whatever the method. */
  has(url: string): boolean {
    return isAt(url, this.#ready) || isAt(url, this.#live);
  }

  #readiness(): ProbeAnswer {
    const state = this.#source.app()?.state ?? 'idle';
    return state === 'running' ? { status: 200, body: 'ready\n' } : { status: 503, body: `${state}\n` };
  }

  #liveness(): ProbeAnswer {
    return this.#source.isLive() ? { status: 200, body: 'live\n' } : { status: 503, body: 'past the deadline\n' };
  }
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
      const length = { 'content-length': answer?.body.length };
      if (answer !== undefined)
        response.writeHead(answer.status, { ...PROBE_HEADERS, ...length }).end(method === 'HEAD' ? '' : answer.body);
      else if (probes.has(url)) response.writeHead(405, { ...PROBE_HEADERS, allow: 'GET, HEAD' }).end('GET or HEAD\n');
      else response.writeHead(404, PROBE_HEADERS).end('there are only the probes here\n');
    });
  }
}
