import { health, type Phases, type Service, type ServiceHost, type StopReason } from '@triphase/core';
import { isVerbose, servicesOf } from '@triphase/core/serving';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ANSWER_HEADERS } from '../http/answers.ts';
import { listen } from '../http/listen.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { ClusterProbeOptions } from './options.ts';

/** What the server tells of. */
interface StatusSource {
  /** Some worker serves. */
  isServing(): boolean;
  status(): Promise<ClusterStatus>;
}

/**
 * `GET /livez`, `/readyz` and `/statusz` of the whole cluster, on a port of the primary (H11). With `?verbose` the probes list its services: the
 * workers (N12). Open before anything starts, closed at the end.
 */
export class StatusServer implements Service {
  readonly name = 'cluster probes';
  readonly startup: Phases;
  readonly shutdown: Phases<StopReason>;
  readonly #source: StatusSource;
  #app: ServiceHost | undefined;

  constructor({ port, hostname = '127.0.0.1' }: ClusterProbeOptions, source: StatusSource) {
    this.#source = source;
    const server: Server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    this.startup = { before: () => listen(server, this.name, { port, hostname }) };
    this.shutdown = {
      after: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  attach(app: ServiceHost): void {
    this.#app = app;
  }

  async #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = url.split('?');
    const send = (status: number, body: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { ...ANSWER_HEADERS, ...headers });
      response.end(method === 'HEAD' ? '' : body);
    };
    if (method !== 'GET' && method !== 'HEAD') send(405, 'GET or HEAD\n', { allow: 'GET, HEAD' });
    else if (path === '/livez') send(...(await this.#liveness(isVerbose(url))));
    else if (path === '/readyz') send(...(await this.#readiness(isVerbose(url))));
    else if (path === '/statusz') {
      const status = await this.#source.status();
      send(200, `${JSON.stringify(status, null, 2)}\n`, { 'content-type': 'application/json' });
    } else send(404, 'there are /livez, /readyz and /statusz\n');
  }

  async #liveness(isVerbose: boolean): Promise<[status: number, body: string]> {
    const app = this.#app;
    if (app === undefined) return [503, 'idle\n'];
    const found = await health(app);
    const services = isVerbose ? servicesOf(found) : '';
    return found.live ? [200, `live\n${services}`] : [503, `past the deadline\n${services}`];
  }

  /** One worker is enough: a balancer that takes the whole machine out because another worker restarts would make things worse. */
  async #readiness(isVerbose: boolean): Promise<[status: number, body: string]> {
    const app = this.#app;
    const services = isVerbose && app !== undefined ? servicesOf(await health(app)) : '';
    const state = app?.state ?? 'idle';
    if (state !== 'running') return [503, `${state}\n${services}`];
    return this.#source.isServing() ? [200, `ready\n${services}`] : [503, `no worker is ready\n${services}`];
  }
}
