/** Lets the process end while the timer is pending, on hosts whose timers have `unref`. */
export function unref(timer: unknown): unknown {
  (timer as { unref?: () => unknown }).unref?.(); // as: a host's timer may be a number
  return timer;
}
