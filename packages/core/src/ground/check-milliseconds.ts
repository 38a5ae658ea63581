/**
 * For runtime packages: throws `TypeError` for what is no number, and `RangeError` for a negative number or NaN. `what` begins the
 * message: `The timeout is`.
 */
export function checkMilliseconds(ms: unknown, what: string): void {
  if (typeof ms === 'number' && ms >= 0) return;
  throw notMilliseconds(ms, `${what} a number of milliseconds, 0 or more`);
}

/** `TypeError` for what is no number, else `RangeError`; `what` begins the message. */
export function notMilliseconds(ms: unknown, what: string): TypeError | RangeError {
  const message = `${what}, got ${describeGiven(ms)}.`;
  return typeof ms === 'number' ? new RangeError(message) : new TypeError(message);
}

/** What was given in place of a number: `the string '5'`, since a 5 alone would hide what is wrong. */
export function describeGiven(value: unknown): string {
  if (typeof value === 'number' || value === undefined || value === null) return String(value);
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} '${(value as symbol).toString().slice(0, 40)}'`; // as: whatever it is, it has a text
}
