import type { Limits } from '@triphase/core';

/** Below the 30 s that Kubernetes gives (N8). Milliseconds. */
const DEADLINE_MS = 25_000;

/**
 * The limits of a shutdown (N8): one deadline, of which `before` may use 40 % and `during` what is left until 80 %, so that `after` always
 * has its share. `sinceStop` tells how much of it is used, in milliseconds.
 */
export function shutdownLimits(given: Limits | undefined, sinceStop: () => number): Limits {
  const deadline = given?.deadline ?? DEADLINE_MS;
  if (deadline === Infinity) return { ...given, deadline };
  return {
    deadline,
    before: given?.before ?? 0.4 * deadline,
    // Read by the engine when the phase has to wait: what `before` did not use is for `during`.
    get during() {
      return given?.during ?? Math.max(0, 0.8 * deadline - sinceStop());
    },
    after: given?.after ?? Infinity,
  };
}
