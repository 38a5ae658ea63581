/**
 * For runtime packages: calls one of the two when a thenable settles, once, and returns a promise of what that returns; for anything else
 * `undefined`. Any thenable counts, such as a promise of another realm (C13, C36). Never throws: a `then` that throws, when read or when
 * called, is a rejection.
 */
export function whenSettled(
  value: unknown,
  fulfilled: () => unknown,
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
