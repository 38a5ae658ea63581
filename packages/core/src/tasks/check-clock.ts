import type { Clock } from '../ground/clock.ts';

/** Throws `TypeError` if `clock` isn't a clock. `what` is the function that was called. */
export function checkClock(clock: Clock, what: string): void {
  if (typeof (clock as Clock | undefined | null)?.callLater !== 'function')
    // as: callers without types pass anything
    throw new TypeError(`${what} needs a clock as its first argument: pass the reactor`);
}
