import { TriphaseError } from '@triphase/core';

/** The program doesn't come to rest, or waits for something that never settles (C49). */
export class RunawayError extends TriphaseError {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  readonly code = 'ERR_TRIPHASE_RUNAWAY';
  /** The name of what keeps it going, as `pending()` gives it. */
  readonly culprit: string;
  constructor(message: string, culprit: string) {
    super(message);
    this.culprit = culprit;
  }
}
