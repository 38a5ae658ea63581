import { checkKeys, type Limits, type StopTimes, type UnboundLimits } from '@triphase/core';

/** Below the 30 s that Kubernetes gives (N8). Milliseconds. */
const DEADLINE_MS = 25_000;

/**
 * The limits that a reactor in a process has for shutdown (N8): a deadline of 25 s, of which `before` has 40 % and `before` and `during`
 * together 80 %, after the lead time of the services. A limit that the program gives replaces the default. Throws `TypeError` for a key
 * that limits do not have, and for what is no number.
 */
export function processShutdownLimits(given?: Limits): UnboundLimits {
  if (isObject(given) && 'boundTo' in given) return given as UnboundLimits; // as: nothing else has that key
  return new Shares(takeGiven(given), { sinceStop: none, leadTime: none });
}

function none(): number {
  return 0;
}

function isObject(given: unknown): given is object {
  return typeof given === 'object' && given !== null;
}

/**
 * Checks what was given and copies it. A deadline that is misspelt, or a text from the environment, would be found out only when the
 * process is killed.
 */
function takeGiven(given: unknown): Limits | undefined {
  if (given === undefined) return undefined;
  const what = 'limits.shutdown';
  if (!isObject(given))
    throw new TypeError(`${what} is a ${typeof given}: give an object, such as { deadline: 10_000 }`);
  checkKeys(given, ['deadline', 'before', 'during', 'after'], what);
  const taken: Limits = { ...given };
  for (const [key, ms] of Object.entries(taken) as [string, unknown][]) {
    if (ms !== undefined && typeof ms !== 'number')
      throw new TypeError(`${what}.${key} is a ${typeof ms}: give a number of milliseconds`);
  }
  return taken;
}

/**
 * With a lead time L and a deadline D, `before` ends by L + 0.4 (D − L) and `during` by L + 0.8 (D − L), so that `after` always has its
 * share. A class since V8 puts the getter of a literal among old objects, where it keeps the whole reactor until a full collection
 * (benchmark: P10).
 */
class Shares implements UnboundLimits {
  readonly deadline: number;
  readonly after: number;
  readonly #given: Limits | undefined;
  readonly #times: StopTimes;

  constructor(given: Limits | undefined, times: StopTimes) {
    this.deadline = given?.deadline ?? DEADLINE_MS;
    this.after = given?.after ?? Infinity;
    this.#given = given && { ...given };
    this.#times = times;
  }

  get written(): Limits | undefined {
    return this.#given;
  }

  boundTo(times: StopTimes): Limits {
    return new Shares(this.#given, times);
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

  /** Milliseconds from now until the lead time and `share` of the rest of the deadline have passed. */
  #endOf(share: number): number {
    if (this.deadline === Infinity) return Infinity;
    return this.deadline - (1 - share) * this.#withoutLead - this.#times.sinceStop();
  }
}
