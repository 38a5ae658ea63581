/**
 * Throws `RangeError` if a limit is longer than the one around it, which would always pass first (C66). `Infinity` means no limit of its own.
 * Both are in milliseconds; `what` and `outer` name them in the message.
 */
export function checkNested(ms: number | undefined, what: string, outerMs: number | undefined, outer: string): void {
  if (ms === undefined || outerMs === undefined || ms === Infinity || ms <= outerMs) return;
  throw new RangeError(
    `${what} is ${String(ms)} ms, longer than ${outer} (${String(outerMs)} ms): shorten it, or raise ${outer}`,
  );
}
