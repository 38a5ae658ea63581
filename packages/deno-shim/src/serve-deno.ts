import { HostMissingError } from '@triphase/core';
import { describeUnusedServers } from '@triphase/core/process';
import {
  copyFetchOptions,
  fetchService,
  type FetchHandler,
  type FetchServiceOptions,
  type HttpFetchService,
} from '@triphase/core/serving';
import {
  DenoServeHost,
  type DenoServeInfo,
  type DenoServeNamespace,
  type DenoServerOptions,
} from './serve/deno-server.ts';

/** Options of {@link serveDeno}. Times are in milliseconds. */
export interface DenoServeOptions extends FetchServiceOptions, DenoServerOptions {}

// This package is compiled without any host's types.
const globals = globalThis as unknown as {
  readonly Deno?: Partial<DenoServeNamespace>;
  readonly console: { error(line: string): void };
  addEventListener(type: string, listener: () => void): void;
};

let hasExitListener = false;

/**
 * Prints a line if the process ends by itself and no reactor has used a server that it made. Otherwise a program that only makes a server
 * would end at once, without a word.
 */
function reportUnused(): void {
  if (hasExitListener) return;
  hasExitListener = true;
  globals.addEventListener('beforeunload', () => {
    for (const line of describeUnusedServers()) globals.console.error(line);
  });
}

/**
 * An HTTP server of Deno as a service: listens once what it needs has started, and stops with no request broken (N12–N18). It needs the
 * permission `--allow-net`.
 *
 * On a stop it goes on accepting for the lead time, holds requests until none comes for 25 ms, calls `shutdown()`, and answers all that has
 * arrived, each answer with `Connection: close`. Bodies that are still arriving are waited for first, since Deno loses them. At the limit
 * requests without an answer get 503; event streams are ended cleanly. `GET /livez` and `/readyz` are answered unless `probes` is `false`.
 *
 * A handler that throws is reported, and its client gets 500. Throws `TypeError` for options that cannot work, `HostMissingError` where
 * there is no `Deno.serve`. A port that is taken fails the start with `ListenError`.
 *
 * @example
 * app.use(serveDeno(() => new Response('hello\n'), { port: 8000 }));
 */
export function serveDeno(
  handler: FetchHandler<readonly [DenoServeInfo]>,
  options: DenoServeOptions,
): HttpFetchService {
  const { port, hostname, cert, key, reusePort, ...others } = copyFetchOptions(
    options,
    ['cert', 'key', 'reusePort'],
    'serveDeno()',
  );
  const { Deno } = globals;
  if (Deno?.serve === undefined)
    throw new HostMissingError(
      'serveDeno() runs on Deno, and this is another host: use serveHttp or serveBun of @triphase/node-reactor/http',
    );
  const server = {
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(reusePort !== undefined && { reusePort }),
  };
  reportUnused();
  const host = new DenoServeHost(Deno as DenoServeNamespace, server); // as: a Deno that serves has all of it
  return fetchService('serveDeno()', host, handler, { ...others, port, hostname });
}
