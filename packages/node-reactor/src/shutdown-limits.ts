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
  return new Shares(deadline, given, sinceStop);
}

/** A class since V8 puts the getter of a literal among old objects, where it keeps the whole reactor until a full collection (benchmark: P10). */
class Shares implements Limits {
  readonly deadline: number;
  readonly before: number;
  readonly after: number;
  readonly #during: number | undefined;
  readonly #sinceStop: () => number;

  constructor(deadline: number, given: Limits | undefined, sinceStop: () => number) {
    this.deadline = deadline;
    this.before = given?.before ?? 0.4 * deadline;
    this.after = given?.after ?? Infinity;
    this.#during = given?.during;
    this.#sinceStop = sinceStop;
  }

  /** Read by the engine when the phase has to wait: what `before` did not use is for `during`. */
  get during(): number {
    return this.#during ?? Math.max(0, 0.8 * this.deadline - this.#sinceStop());
  }
}
