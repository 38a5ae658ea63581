import { exchangeOf } from './exchange.ts';

/**
 * The signal of one request: aborts with `RequestCutError` when a stop cuts it (N17), with an `AbortError` when its client goes away.
 * Takes the request of `node:http` or `node:http2`, or a stream of HTTP/2; from a framework the one below its own: `request.raw` of
 * Fastify, `ctx.req` of Koa. Throws `TypeError` for anything that `serveHttp` has not seen.
 *
 * @example
 * const rows = await db.query(sql, { signal: requestSignal(request) });
 */
export function requestSignal(request: object): AbortSignal {
  const { stream } = request as { readonly stream?: unknown }; // as: the request of HTTP/2 has one
  const exchange =
    exchangeOf(request) ?? (typeof stream === 'object' && stream !== null ? exchangeOf(stream) : undefined);
  if (exchange !== undefined) return exchange.signal;
  throw new TypeError(
    'requestSignal() got something that is no request of a server under serveHttp(): pass the request of node:http, not the one of a framework',
  );
}
