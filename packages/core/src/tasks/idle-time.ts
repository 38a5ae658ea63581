import type { Clock } from '../ground/clock.ts';
import { dispose } from '../ground/host.ts';

/** Milliseconds of work at a time, on a host that doesn't tell how long it is idle. */
const SHARE_MS = 5;

/** Milliseconds from one share to the next. Other callbacks of the host run in between. */
const PAUSE_MS = 1;

/** A timed call that is later than this, in milliseconds, shows that the host is busy. Browsers delay timers by up to 4 ms anyway. */
const BUSY_MS = 10;

/** Milliseconds of work at a time while the host is busy. */
const BUSY_SHARE_MS = 1;

/**
 * Calls `run` once when the host is idle (B24): by the clock's `callWhenIdle`, else after a pause. `left` tells how many milliseconds are left.
 * Returns a function that cancels it.
 */
export function whenIdle(clock: Clock, run: (left: () => number) => void): () => void {
  const cancel = clock.callWhenIdle?.(run);
  if (cancel !== undefined) return cancel;
  const onTime = (): void => {
    const now = clock.now();
    const end = now + (now - call.time > BUSY_MS ? BUSY_SHARE_MS : SHARE_MS);
    run(() => end - clock.now());
  };
  const call = clock.callLater(PAUSE_MS, onTime, { name: 'cooperate' });
  return () => {
    call[dispose]();
  };
}
