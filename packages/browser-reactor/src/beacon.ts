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

/** Sends by what outlives the page; `false` when the host has refused it (B12), or would refuse it (B17). */
export function sendBeacon({ navigator, fetch, inFlight }: BrowserFunctions, url: string, data?: BeaconBody): boolean {
  const body = data as BlobPart & BodyInit; // as: what the DOM's types say of a view depends on the compiler's version
  // What it refuses, for want of room, fetch would refuse too, only later.
  if (navigator?.sendBeacon !== undefined) return navigator.sendBeacon(url, body);
  const bytes = data === undefined ? 0 : new Blob([body]).size;
  if (fetch === undefined || inFlight === undefined || inFlight.bytes + bytes > KEEPALIVE_BYTES) return false;
  // As a beacon: with cookies, and nobody hears of the answer.
  const init: RequestInit = { method: 'POST', keepalive: true, credentials: 'include' };
  const answered = fetch(url, data === undefined ? init : { ...init, body });
  inFlight.bytes += bytes;
  const onOver = (): void => {
    inFlight.bytes -= bytes;
  };
  // Browsers count a request until its answer is read to the end, which they leave to us.
  void answered.then((answer) => (answer as Partial<Response> | undefined)?.arrayBuffer?.()).then(onOver, onOver); // as: what a browser answers
  return true;
}
