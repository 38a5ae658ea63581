/**
 * Whether what was told to stop has only said so: it rejected with what its signal aborted with. Node's own functions wrap that in an
 * `AbortError`, as its cause.
 */
export function isStopRejection(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  try {
    // By its code: there may be a second copy of core.
    const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
    if (code === 'ERR_TRIPHASE_STOPPED' || code === 'ERR_TRIPHASE_STOPPING') return true;
    return error instanceof Error && cause === reason;
  } catch {
    return false; // it was no object, or one that cannot be read
  }
}
