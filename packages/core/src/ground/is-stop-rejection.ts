import { causeOf } from './cause-of.ts';

/**
 * Whether a promise has rejected only because its work was told to stop (C29): with the reason of the stop, an error whose `cause` is that
 * reason, an `AbortError`, `ReactorStoppedError`, or the `ReactorStoppingError` of a gate. Call it only when the work was told to stop:
 * before that, an `AbortError` is an error like any other. `reasons`: the reasons with which the signals of the work have aborted. Never
 * throws.
 */
export function isStopRejection(error: unknown, ...reasons: readonly unknown[]): boolean {
  if (isOneOf(error, reasons)) return true;
  try {
    // By name and code: the error may come from another realm, or from a second copy of this package.
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
    return code === 'ERR_TRIPHASE_STOPPED' || code === 'ERR_TRIPHASE_STOPPING' || name === 'AbortError';
  } catch {
    return false; // it has no properties, or they can't be read
  }
}

/** Whether an error is one of these reasons of a stop, or its `cause` is: Node's functions wrap the reason of their signal. */
export function isOneOf(error: unknown, reasons: readonly unknown[]): boolean {
  const isReason = (value: unknown): boolean => value !== undefined && reasons.includes(value);
  return isReason(error) || isReason(causeOf(error));
}
