import { HostMissingError } from '@triphase/core';
import {
  copyFetchOptions,
  fetchService,
  type FetchHandler,
  type FetchResponse,
  type FetchServiceOptions,
  type HttpFetchService,
} from '@triphase/core/serving';
import { BunServeHost, type BunNamespace, type BunServer, type BunServerOptions } from './bun-server.ts';
import { reportUnused } from './report-unused.ts';

/** Options of {@link serveBun}. Times are in milliseconds. */
export interface BunServeOptions extends FetchServiceOptions, BunServerOptions {}

const OWN: readonly (keyof BunServerOptions)[] = ['websocket', 'tls', 'maxRequestBodySize', 'idleTimeout', 'reusePort'];

/**
 * A server of Bun as a service: listens once what it needs has started, and stops with no request broken (N12–N18).
 *
 * On a stop it goes on accepting for the lead time, holds requests until none comes for 25 ms, calls `stop()`, and answers all that has
 * arrived, each answer with `Connection: close`. Event streams are ended cleanly, WebSockets are closed with code 1001. At the limit
 * requests without an answer get 503, then `stop(true)` ends what is left. `GET /livez` and `/readyz` are answered unless `probes` is
 * `false`.
 *
 * A handler that throws is reported, and its client gets 500. Throws `TypeError` for options that cannot work, `HostMissingError` where
 * there is no `Bun.serve`. A port that is taken fails the start with `ListenError`.
 *
 * @example
 * app.use(serveBun(() => new Response('hello\n'), { port: 3000 }));
 */
export function serveBun(
  handler: FetchHandler<readonly [BunServer], FetchResponse | undefined>,
  options: BunServeOptions,
): HttpFetchService {
  const copied = copyFetchOptions(options, OWN, 'serveBun()');
  const { websocket, tls, maxRequestBodySize, idleTimeout, reusePort, ...others } = copied;
  const { Bun } = globalThis as { readonly Bun?: BunNamespace }; // as: only Bun has it
  if (typeof Bun?.serve !== 'function')
    throw new HostMissingError(
      'serveBun() runs on Bun, and this is another host: use serveHttp here, or serveDeno of @triphase/deno-shim',
    );
  const server = {
    ...(websocket !== undefined && { websocket }),
    ...(tls !== undefined && { tls }),
    ...(maxRequestBodySize !== undefined && { maxRequestBodySize }),
    ...(idleTimeout !== undefined && { idleTimeout }),
    ...(reusePort !== undefined && { reusePort }),
  };
  reportUnused();
  return fetchService('serveBun()', new BunServeHost(Bun, server), handler, others);
}
