import { health, listed, printable, type AppHealth, type ServiceHealth, type ServiceHost } from '@triphase/core';
import type { ProbeOptions } from './option-checks.ts';

/** A short answer of the server itself, to a probe or in place of the program. */
export interface Answer {
  /** The status of HTTP. */
  readonly status: number;
  /** Plain text. */
  readonly body: string;
  /** `Retry-After`, in seconds. */
  readonly retryAfter?: number;
}

/** What the probes ask. */
export interface ProbeSource {
  /** The shutdown deadline has not passed. */
  isLive(): boolean;
  /** The server is being restarted, or waits for a service that it needs: its requests wait. */
  isRestarting(): boolean;
  /** Undefined until the service is used. */
  app(): ServiceHost | undefined;
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
  answer(method: string | undefined, url: string | undefined): Answer | Promise<Answer> | undefined {
    if ((method !== 'GET' && method !== 'HEAD') || url === undefined) return undefined;
    if (isAt(url, this.#ready)) return this.#readiness(isVerbose(url));
    if (isAt(url, this.#live)) return this.#liveness(isVerbose(url));
    return undefined;
  }

  /** Whether there is a probe at this path, whatever the method. */
  has(url: string): boolean {
    return isAt(url, this.#ready) || isAt(url, this.#live);
  }

  #readiness(withServices: boolean): Answer | Promise<Answer> {
    const app = this.#source.app();
    const state = app?.state ?? 'idle';
    if (app === undefined || (state !== 'running' && !withServices)) return { status: 503, body: `${state}\n` };
    return health(app).then((found) => {
      const rest = withServices ? servicesOf(found) : '';
      if (found.ready)
        return this.#source.isRestarting()
          ? { status: 503, body: `restarting\n${rest}` }
          : { status: 200, body: `ready\n${rest}` };
      const isMissing = (service: ServiceHealth): boolean => service.affectsReadiness && service.health === 'down';
      const missing = listed(found.services.filter(isMissing), ({ name }) => printable(name));
      return { status: 503, body: `${found.state === 'running' ? `down: ${missing}` : found.state}\n${rest}` };
    });
  }

  #liveness(withServices: boolean): Answer | Promise<Answer> {
    const app = this.#source.app();
    const answer = (rest: string): Answer =>
      this.#source.isLive()
        ? { status: 200, body: `live\n${rest}` }
        : { status: 503, body: `past the deadline\n${rest}` };
    return withServices && app !== undefined ? health(app).then((found) => answer(servicesOf(found))) : answer('');
  }
}

/** One line for each service, after the first line of a probe with `?verbose`. The details of its health are left out, since anybody may ask a probe. */
export function servicesOf({ services }: AppHealth): string {
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
export function isVerbose(url: string): boolean {
  const query = url.indexOf('?');
  if (query < 0) return false;
  const keys = url.slice(query + 1).split('&');
  return keys.some((key) => key === 'verbose' || key.startsWith('verbose='));
}

/** Without allocating: this is asked for each request (benchmark: P14). */
function isAt(url: string, path: string | false): boolean {
  if (path === false || !url.startsWith(path)) return false;
  return url.length === path.length || url[path.length] === '?';
}
