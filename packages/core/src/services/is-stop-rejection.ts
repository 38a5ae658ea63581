/**
 * Whether what was told to stop has rejected only because of that: with the reason of the stop, an error whose `cause` is that reason, an
 * `AbortError`, `ReactorStoppedError`, or the `ReactorStoppingError` of a gate.
 */
export function isStopRejection(error: unknown, ...reasons: readonly unknown[]): boolean {
  if (error !== undefined && reasons.includes(error)) return true;
  try {
    // By name and code: the error may come from another realm, or from a second copy of this package.
    const { name, code, cause } = error as {
      readonly name?: unknown;
      readonly code?: unknown;
      readonly cause?: unknown;
    };
    if (code === 'ERR_TRIPHASE_STOPPED' || code === 'ERR_TRIPHASE_STOPPING') return true;
    return name === 'AbortError' || (cause !== undefined && reasons.includes(cause));
  } catch {
    return false; // it has no properties, or they can't be read
  }
}
