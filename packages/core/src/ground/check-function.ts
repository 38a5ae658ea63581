import { checkMilliseconds } from './check-milliseconds.ts';

/** Throws `TypeError` if `fn` isn't a function. `what` begins the message. */
export function checkFunction(fn: unknown, what: string): void {
  if (typeof fn !== 'function') throw notFunction(fn, what);
}

function notFunction(fn: unknown, what: string): TypeError {
  return new TypeError(`${what} is ${fn === null ? 'null' : typeof fn}: pass a function`);
}

/** Throws like `checkMilliseconds`, but `undefined` is allowed: an option that was left out. */
export function checkLength(ms: number | undefined, what: string): void {
  if (ms !== undefined) checkMilliseconds(ms, `${what} is`);
}
