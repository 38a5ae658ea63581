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

/** Throws `TypeError` if what a handler has returned isn't a response. A response of another copy of the Fetch classes is accepted. */
export function checkResponse(value: unknown): void {
  if (isResponse(value)) return;
  const what = value === null ? 'null' : value === undefined ? 'undefined' : `a value of type ${typeof value}`;
  throw new TypeError(`The handler returned ${what}, and no Response: return one, such as new Response('text')`);
}

function isResponse(value: unknown): value is ResponseLike {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers } = value as Partial<ResponseLike>; // as: whatever it is
  return typeof status === 'number' && typeof headers?.get === 'function';
}
