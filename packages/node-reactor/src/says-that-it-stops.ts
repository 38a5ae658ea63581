import { ReactorStoppedError } from '@triphase/core';

/**
 * Whether what was told to stop has only said so: it rejected with what its signal aborted with. Node's own functions wrap that in an
 * `AbortError`, as its cause.
 */
export function saysThatItStops(error: unknown, reason: unknown): boolean {
  return error instanceof ReactorStoppedError || error === reason || (error instanceof Error && error.cause === reason);
}
