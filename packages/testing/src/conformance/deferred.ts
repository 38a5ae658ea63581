import { ignore } from './functions.ts';

/** A promise and the two functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** Makes a promise that the test settles. Its rejection is never unhandled. */
export function deferred<T = void>(): Deferred<T> {
  let settlers: Omit<Deferred<T>, 'promise'> | undefined;
  const promise: Promise<T> = new Promise((resolve, reject) => {
    settlers = { resolve, reject };
  });
  promise.catch(ignore);
  if (settlers === undefined) throw new Error('a promise calls its executor at once');
  return { promise, ...settlers };
}
