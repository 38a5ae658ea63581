import { describeGiven } from './check-milliseconds.ts';

/**
 * Throws `TypeError` if `value` isn't a number, and `RangeError` if it is a number for which `isRight` returns `false`. `what` begins the
 * message, and `wanted` ends it: `a number above 0`.
 */
export function checkNumber(value: unknown, isRight: (value: number) => boolean, what: string, wanted: string): void {
  // Only a number is compared: comparing a symbol, or an object with a `valueOf` of its own, could throw another error.
  if (typeof value === 'number' && isRight(value)) return;
  const message = `${what} is ${describeGiven(value)}: give ${wanted}`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}
