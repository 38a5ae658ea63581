import type { Limits, UnboundLimits } from '@triphase/core';

/** Milliseconds, less than the 30 s that most supervisors give a process. */
const DEADLINE_MS = 25_000;

/** The share of the deadline, less the lead time, that `before` and `during` get each. The rest is for `after`. */
const SHARE = 0.4;

/**
 * The limits that `DenoReactor` sets for shutdown (C22): a deadline of 25 s, of which `before` and `during` have at most 40 % each, so
 * that `after` always has time. The lead time of the services comes on top of `before`. Limits that are given replace these.
 */
export class ShutdownLimits implements UnboundLimits {
  readonly deadline: number;
  readonly after: number;
  readonly written: Limits | undefined;
  readonly #leadTime: () => number;

  constructor(given: Limits | undefined, leadTime: () => number) {
    this.deadline = given?.deadline ?? DEADLINE_MS;
    this.after = given?.after ?? Infinity;
    this.written = given;
    this.#leadTime = leadTime;
  }

  /** They are bound to the lead time of their reactor from the beginning. */
  boundTo(): Limits {
    return this;
  }

  /** Read when the phase has to wait: services that are used later count too. */
  get before(): number {
    return this.written?.before ?? this.#leadTime() + this.#share;
  }

  get during(): number {
    return this.written?.during ?? this.#share;
  }

  get #share(): number {
    return SHARE * (this.deadline - this.#leadTime());
  }
}
