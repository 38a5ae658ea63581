/**
 * For runtime packages: throws `TypeError` if `ms` isn't a number, and `RangeError` if it is negative or NaN. `what` begins the message:
 * `The timeout is`.
 */
export function checkMilliseconds(ms: unknown, what: string): void {
  if (typeof ms === 'number' && ms >= 0) return;
  throw notMilliseconds(ms, `${what} a number of milliseconds, 0 or more`);
}

/** Throws like `checkMilliseconds`, but `undefined` is allowed: an option that was left out. */
export function checkOptionalMs(ms: unknown, what: string): void {
  if (ms !== undefined) checkMilliseconds(ms, `${what} is`);
}

/** The error for a wrong `ms`: `TypeError` if it isn't a number, else `RangeError`. `what` begins the message. */
export function notMilliseconds(ms: unknown, what: string): TypeError | RangeError {
  const message = `${what}, got ${describeGiven(ms)}.`;
  return typeof ms === 'number' ? new RangeError(message) : new TypeError(message);
}

/** Describes a wrong value for a message, with its type: `the string '5'`, since `5` alone would hide the mistake. */
export function describeGiven(value: unknown): string {
  if (typeof value === 'number' || value === undefined || value === null) return String(value);
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} '${(value as symbol).toString().slice(0, 40)}'`; // as: whatever it is, it has a text
}
