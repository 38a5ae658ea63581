/**
 * Calls one of the two when a thenable has settled; false, and neither is called, for anything else. Its `then` is read twice at most;
 * one that throws is a rejection, and what settles twice counts once.
 */
export function whenSettled(value: unknown, fulfilled: () => void, rejected: (error: unknown) => void): boolean {
  if (typeof (value as { then?: unknown } | null | undefined)?.then !== 'function') return false;
  Promise.resolve(value).then(fulfilled, rejected);
  return true;
}

/** The end of something that may be asked for at any time, often, or never. */
export class Completion<T> {
  declare readonly promise: Promise<T>;
}
