import type { Limits, UnboundLimits } from '@triphase/core';
import { processShutdownLimits } from '@triphase/core/process';

/**
 * The limits that `NodeReactor` sets for shutdown (N8): a deadline of 25 s, of which `before` has 40 % and `before` and `during` together
 * 80 %, after the lead time of the services. Limits that are given are kept, as in `limits.shutdown` of a `NodeReactor`. Throws `TypeError`
 * for a key that limits do not have, and for what is no number.
 *
 * A test on virtual time sees production's deadlines with them.
 *
 * @example
 * const reactor = new ManualReactor({ limits: { shutdown: nodeShutdownLimits() } });
 */
export function nodeShutdownLimits(given?: Limits): UnboundLimits {
  return processShutdownLimits(given);
}
