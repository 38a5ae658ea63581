import { describeGiven } from './ground/check-milliseconds.ts';
import { checkNumber } from './ground/check-number.ts';
import { ReservedEventError } from './ground/errors.ts';
import type { StopReason } from './ground/host.ts';

/** Throws unless an option is a number above 0. */
export function checkAboveZero(value: unknown, what: string): void {
  checkNumber(value, (number) => number > 0, what, 'a number above 0');
}

/** Throws for the events that the reactor alone fires (C20). */
export function checkFireable(type: unknown): void {
  if (type !== 'startup' && type !== 'shutdown') return;
  throw new ReservedEventError(
    `${type} is fired by the reactor alone: call ${type === 'startup' ? 'run()' : 'stop()'}`,
  );
}

/**
 * Throws `TypeError` unless `reason` is an object whose `kind` and `signal` can be read and aren't functions: a wrong reason must fail before
 * the stop begins.
 */
export function checkReason(reason: unknown, what: string): void {
  try {
    const { kind } = reason as Partial<StopReason>; // as: callers without types pass anything
    const { signal } = reason as Partial<StopReason>; // as: see above
    if (typeof reason === 'object' && typeof kind !== 'function' && typeof signal !== 'function') return;
  } catch {
    // The error is thrown below.
  }
  throw new TypeError(
    `${what} got ${describeGiven(reason)} for its reason: give an object such as { kind: 'stop' }, or nothing`,
  );
}
