import { describeGiven } from './check-milliseconds.ts';

/** Throws `TypeError` unless `given` is undefined or has the type `type`. `what` begins the message. */
export function checkType(given: unknown, type: 'boolean' | 'function', what: string): void {
  if (given === undefined || typeof given === type) return;
  throw new TypeError(
    `${what} is ${describeGiven(given)}: give ${type === 'boolean' ? 'true or false' : 'a function'}`,
  );
}
