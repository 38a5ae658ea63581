import { fetchGlobals, type ResponseLike } from './fetch-types.ts';

/** Adds `Connection: close`. An answer whose headers can't be changed, such as `Response.redirect()`, is copied. */
export function sayClose(response: ResponseLike): ResponseLike {
  const { status, statusText } = response;
  if (status < 200) return response; // an upgrade has left HTTP, and `Response.error()` has no HTTP status
  try {
    response.headers.set('connection', 'close');
    return response;
  } catch {
    const headers = new fetchGlobals.Headers(response.headers);
    headers.set('connection', 'close');
    return new fetchGlobals.Response(response.body, { status, statusText, headers });
  }
}
