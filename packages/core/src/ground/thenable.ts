/**
 * For runtime packages: calls `fulfilled` or `rejected` once when a thenable settles, and returns a promise of what that returns. Returns
 * `undefined` for any other value. Promises of another realm are thenables too (C13, C36). Never throws: if reading or calling `then`
 * throws, that is a rejection.
 */
export function whenSettled(
  value: unknown,
  fulfilled: (value: unknown) => unknown,
  rejected: (error: unknown) => unknown,
): Promise<unknown> | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  return promiseOf(value)?.then(fulfilled, rejected);
}

function promiseOf(value: object): Promise<unknown> | undefined {
  let then: unknown;
  try {
    then = (value as { then?: unknown }).then; // as: any object may have one
  } catch (error) {
    then = (_fulfil: unknown, reject: (reason: unknown) => void): void => {
      reject(error);
    };
  }
  if (typeof then !== 'function') return undefined;
  return new Promise((resolve, reject) => {
    (then as PromiseLike<unknown>['then']).call(value as PromiseLike<unknown>, resolve, reject); // as: it has a callable `then`
  });
}
