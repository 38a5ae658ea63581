import { fetchGlobals, type ResponseLike } from './fetch-types.ts';
import type { Answer } from './probes.ts';

/** An answer of the server itself as a `Response`. */
export function responseOf({ status, body, retryAfter }: Answer): ResponseLike {
  const headers = new fetchGlobals.Headers({
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  return new fetchGlobals.Response(body, { status, headers });
}
