type Then = PromiseLike<unknown>['then'];

/**
 * The method `then` of a thenable; `undefined` for any other value. Promises of another realm are thenables too (C13, C36). Throws what
 * reading `then` throws.
 */
export function thenOf(value: unknown): Then | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  const { then } = value as { readonly then?: unknown }; // as: any object may have one
  return typeof then === 'function' ? (then as Then) : undefined;
}

/**
 * For runtime packages: calls `fulfilled` or `rejected` once when a thenable settles, and returns a promise of what that returns. Returns
 * `undefined` for any other value. Never throws: if reading or calling `then` throws, that is a rejection.
 */
export function whenSettled(
  value: unknown,
  fulfilled: (value: unknown) => unknown,
  rejected: (error: unknown) => unknown,
): Promise<unknown> | undefined {
  let then: Then | undefined;
  try {
    then = thenOf(value);
  } catch (error) {
    return Promise.resolve().then(() => rejected(error));
  }
  if (then === undefined) return undefined;
  return new Promise((resolve, reject) => {
    then.call(value as PromiseLike<unknown>, resolve, reject); // as: it has a callable `then`
  }).then(fulfilled, rejected);
}

/** Calls `fn`. Calls `failed` once if it throws, or if the promise that it returns rejects. */
export function guarded(fn: () => unknown, failed: (error: unknown) => void): void {
  try {
    void whenSettled(fn(), () => undefined, failed);
  } catch (error) {
    failed(error);
  }
}
