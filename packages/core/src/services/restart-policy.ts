import { checkNumber } from '../ground/check-number.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkMilliseconds, describeGiven } from '../ground/check-milliseconds.ts';

/**
 * When and how often a service that has failed is started again (C59). The delay before attempt n + 1 is
 * `min(maxDelay, delay * factor ** (n - 1)) * (1 + jitter * (2 * random - 1))` milliseconds, where n counts the failures in a row.
 */
export interface RestartOptions {
  /** The delay after the first failure, in milliseconds. Default 1 000. */
  readonly delay?: number;
  /** Each further delay is this many times as long. 1 or more, default 2. */
  readonly factor?: number;
  /** The longest delay before jitter, in milliseconds. At least `delay`. Default 30 000, or `delay` if that is longer. */
  readonly maxDelay?: number;
  /** How far a delay may differ by chance, as a fraction of it: 0 to 1, default 0.2. */
  readonly jitter?: number;
  /** The number of failures in a row after which it isn't started again. A whole number, or `Infinity` for never. Default 5. */
  readonly giveUpAfter?: number;
  /** Once it has been ready for this many milliseconds, the count of failures starts anew. Default 60 000. */
  readonly healthyAfter?: number;
  /** `true`: services that need it are restarted with it. `false`, the default: only the service itself (C60). */
  readonly dependants?: boolean;
}

/** A checked copy of the options, with the defaults. */
export type RestartPolicy = Readonly<Required<RestartOptions>>;

/** The defaults of `RestartOptions`. */
export const DEFAULT_RESTART: RestartPolicy = {
  delay: 1_000,
  factor: 2,
  maxDelay: 30_000,
  jitter: 0.2,
  giveUpAfter: 5,
  healthyAfter: 60_000,
  dependants: false,
};

/**
 * Reads the option `restart` or `retry`: `true` stands for the defaults, `undefined` and `false` for no restart. `what` names the option in
 * messages. Throws `TypeError` for a value of the wrong type or an unknown key, and `RangeError` for a number that can't work.
 */
export function takeRestart(given: boolean | RestartOptions | undefined, what: string): RestartPolicy | undefined {
  if (given === undefined || given === false) return undefined;
  if (given !== true && (typeof given !== 'object' || (given as RestartOptions | null) === null))
    throw new TypeError(`${what} is ${describeGiven(given)}: give true, or an object such as { giveUpAfter: 10 }`);
  if (given === true) return DEFAULT_RESTART;
  checkKeys(given, Object.keys(DEFAULT_RESTART), what);
  const defaults = DEFAULT_RESTART;
  const { delay = defaults.delay, factor = defaults.factor, jitter = defaults.jitter } = given;
  const { giveUpAfter = defaults.giveUpAfter, healthyAfter = defaults.healthyAfter, dependants = false } = given;
  checkMilliseconds(delay, `${what}: delay is`);
  const { maxDelay = Math.max(defaults.maxDelay, delay) } = given;
  checkMilliseconds(maxDelay, `${what}: maxDelay is`);
  checkMilliseconds(healthyAfter, `${what}: healthyAfter is`);
  checkNumber(delay, (value) => value < Infinity, `${what}: delay`, 'a finite number of milliseconds');
  checkNumber(maxDelay, (value) => value >= delay, `${what}: maxDelay`, `at least the delay (${String(delay)} ms)`);
  checkNumber(factor, (value) => value >= 1 && value < Infinity, `${what}: factor`, '1 or more');
  checkNumber(jitter, (value) => value >= 0 && value <= 1, `${what}: jitter`, 'a fraction from 0 to 1');
  const isCount = (value: number): boolean => value >= 1 && (value === Infinity || Number.isInteger(value));
  checkNumber(giveUpAfter, isCount, `${what}: giveUpAfter`, 'a whole number from 1 on, or Infinity');
  if (typeof dependants !== 'boolean')
    throw new TypeError(`${what}: dependants is ${describeGiven(dependants)}: give true or false`);
  return { delay, factor, maxDelay, jitter, giveUpAfter, healthyAfter, dependants };
}

/** Milliseconds to wait after the given failure in a row, the first is 1. `random` is from 0 to 1. */
export function delayAfter(
  { delay, factor, maxDelay, jitter }: RestartPolicy,
  failure: number,
  random: number,
): number {
  // 0 * Infinity is NaN
  const base = delay === 0 ? 0 : Math.min(maxDelay, delay * factor ** (failure - 1));
  return base * (1 + jitter * (2 * random - 1));
}

/** `in 1.2 s (2 of 5)`: when the next attempt is made, its number, and how many there are. */
export function describeDelay(delay: number, attempt: number, policy: RestartPolicy): string {
  return `in ${(Math.max(0, delay) / 1_000).toFixed(1)} s (${describeAttempt(attempt, policy)})`;
}

/** `2 of 5`: the number of an attempt, and how many there are. */
export function describeAttempt(attempt: number, { giveUpAfter }: RestartPolicy): string {
  return `${String(attempt)}${giveUpAfter === Infinity ? '' : ` of ${String(giveUpAfter)}`}`;
}
