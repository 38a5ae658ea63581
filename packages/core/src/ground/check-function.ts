/** Throws `TypeError` if `fn` isn't a function. `what` begins the message. */
export function checkFunction(fn: unknown, what: string): void {
  if (typeof fn === 'function') return;
  throw new TypeError(`${what} is ${fn === null ? 'null' : typeof fn}: pass a function`);
}
