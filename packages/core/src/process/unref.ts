/** The timer does not hold the process, where timers can be told so. */
export function unref(timer: unknown): unknown {
  (timer as { unref?: () => unknown }).unref?.(); // as: a host's timer may be a number
  return timer;
}
