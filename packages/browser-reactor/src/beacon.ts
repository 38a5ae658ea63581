import type { BrowserFunctions, BrowserHost } from './browser-host.ts';

/** What a beacon can carry. */
type BeaconBody = Blob | string | ArrayBuffer | ArrayBufferView;

/** The requests with `keepalive` that a worker has under way. */
export interface InFlight {
  bytes: number;
}

/** What all requests with `keepalive` of a page may hold together, in bytes (Fetch Standard). */
const KEEPALIVE_BYTES = 65_536;

/** One count for each host, however many reactors it has. */
const counts: WeakMap<object, InFlight> = new WeakMap();

/** The count of the host whose `fetch` this is (B17). */
export function inFlightOf(fetch: Exclude<BrowserHost['fetch'], undefined>): InFlight {
  const count = counts.get(fetch) ?? { bytes: 0 };
  counts.set(fetch, count);
  return count;
}

/**
 * Sends data by a request that goes on when the page is gone: `sendBeacon`, else `fetch` with `keepalive`. Returns `false` if the browser
 * has refused it (B12), or would refuse it (B17).
 */
export function sendBeacon({ navigator, fetch, inFlight }: BrowserFunctions, url: string, data?: BeaconBody): boolean {
  const body = data as BlobPart & BodyInit; // as: what the DOM's types say of a view depends on the compiler's version
  // No `fetch` after a refusal: both share one limit, and `fetch` would refuse it too, only later.
  if (navigator?.sendBeacon !== undefined) return navigator.sendBeacon(url, body);
  const bytes = data === undefined ? 0 : new Blob([body]).size;
  if (fetch === undefined || inFlight === undefined || inFlight.bytes + bytes > KEEPALIVE_BYTES) return false;
  // As a beacon: with cookies, and nobody hears of the answer.
  const init: RequestInit = { method: 'POST', keepalive: true, credentials: 'include' };
  const answered = fetch(url, data === undefined ? init : { ...init, body });
  inFlight.bytes += bytes;
  const onSettled = (): void => {
    inFlight.bytes -= bytes;
  };
  // A browser counts a request until its answer has been read to the end. It does not read it by itself, so it is read here.
  void answered.then((answer) => (answer as Partial<Response> | undefined)?.arrayBuffer?.()).then(onSettled, onSettled); // as: what a browser answers
  return true;
}
