import { checkKeys, type Limits } from '@triphase/core';

/** Below the 30 s that Kubernetes gives (N8). Milliseconds. */
const DEADLINE_MS = 25_000;

/** What the limits depend on; asked when a phase has to wait. Milliseconds. */
interface StopTimes {
  /** Since stopping began; 0 before. */
  sinceStop(): number;
  /** The longest lead time of the services used. */
  leadTime(): number;
}

/**
 * The limits of a shutdown (N8). With a lead time L and a deadline D, `before` ends by L + 0.4 (D − L) and `during` by
 * L + 0.8 (D − L), so that `after` always has its share. Limits that are given stand.
 */
export function shutdownLimits(given: Limits | undefined, times: StopTimes): Limits {
  checkGiven(given);
  const deadline = given?.deadline ?? DEADLINE_MS;
  if (deadline === Infinity) return { ...given, deadline };
  return new Shares(deadline, given, times);
}

/** A deadline that is misspelt, or a text from the environment, would be found out only when the process is killed. */
function checkGiven(given: unknown): void {
  if (given === undefined) return;
  const what = 'limits.shutdown';
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`${what} is a ${typeof given}: give an object, such as { deadline: 10_000 }`);
  checkKeys(given, ['deadline', 'before', 'during', 'after'], what);
  for (const [key, ms] of Object.entries(given)) {
    if (ms !== undefined && typeof ms !== 'number')
      throw new TypeError(`${what}.${key} is a ${typeof ms}: give a number of milliseconds`);
  }
}

/** A class since V8 puts the getter of a literal among old objects, where it keeps the whole reactor until a full collection (benchmark: P10). */
class Shares implements Limits {
  readonly deadline: number;
  readonly after: number;
  readonly #given: Limits | undefined;
  readonly #times: StopTimes;

  constructor(deadline: number, given: Limits | undefined, times: StopTimes) {
    this.deadline = deadline;
    this.after = given?.after ?? Infinity;
    this.#given = given;
    this.#times = times;
  }

  /** At least a tenth, so that a start that was under way when the stop came cannot use it up. */
  get before(): number {
    return this.#given?.before ?? Math.max(0.1 * this.#withoutLead, this.#endOf(0.4));
  }

  /** What `before` did not use is for `during`. */
  get during(): number {
    return this.#given?.during ?? Math.max(0, this.#endOf(0.8));
  }

  get #withoutLead(): number {
    return Math.max(0, this.deadline - this.#times.leadTime());
  }

  /** Milliseconds from now until `share` of the deadline after the lead time is used. */
  #endOf(share: number): number {
    return this.deadline - (1 - share) * this.#withoutLead - this.#times.sinceStop();
  }
}
