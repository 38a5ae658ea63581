import type { BrowserFunctions } from './browser-host.ts';

/** What a beacon can carry. */
type BeaconBody = Blob | string | ArrayBuffer | ArrayBufferView;

/** What all requests with `keepalive` of a page may hold together, in bytes (Fetch Standard). */
const KEEPALIVE_BYTES = 65_536;

/** Sends by what outlives the page; `false` when the host has refused it (B12). */
export function sendBeacon({ navigator, fetch }: BrowserFunctions, url: string, data?: BeaconBody): boolean {
  const body = data as BlobPart & BodyInit; // as: what the DOM's types say of a view depends on the compiler's version
  // What it refuses, for want of room, fetch would refuse too, only later.
  if (navigator?.sendBeacon !== undefined) return navigator.sendBeacon(url, body);
  if (fetch === undefined || (data !== undefined && new Blob([body]).size > KEEPALIVE_BYTES)) return false;
  // As a beacon: with cookies, and nobody hears of the answer.
  fetch(url, { method: 'POST', keepalive: true, credentials: 'include', ...(data !== undefined && { body }) }).catch(
    () => undefined,
  );
  return true;
}
