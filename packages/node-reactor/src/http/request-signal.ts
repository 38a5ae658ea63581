import { fetchSignalOf } from '@triphase/core/serving';
import { exchangeOf } from './exchange.ts';

/**
 * The signal of one request: aborts with `RequestCutError` when a stop cuts it (N17), with an `AbortError` when its client goes away. Takes
 * the request of `node:http` or `node:http2`, a stream of HTTP/2, or the `Request` that `serveBun` has passed on. With a framework pass the
 * request of Node that its own wraps: `request.raw` of Fastify, `ctx.req` of Koa. Throws `TypeError` for any other object.
 *
 * @example
 * const rows = await db.query(sql, { signal: requestSignal(request) });
 */
export function requestSignal(request: object): AbortSignal {
  const { stream } = request as { readonly stream?: unknown }; // as: the request of HTTP/2 has one
  const exchange =
    exchangeOf(request) ?? (typeof stream === 'object' && stream !== null ? exchangeOf(stream) : undefined);
  const signal = exchange?.signal ?? fetchSignalOf(request);
  if (signal !== undefined) return signal;
  throw new TypeError(
    'requestSignal() got something that is no request of a server under serveHttp() or serveBun(): pass the request of node:http or Bun, not the one of a framework',
  );
}
