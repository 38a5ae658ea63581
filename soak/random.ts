/** The random numbers of all kinds. The same seed gives the same numbers. */
import { seededRandom } from '../packages/testing/src/seeded-random.ts';

/**
 * A generator of random numbers. A part of a program that has its own generator, made by `fork()`, gets the same numbers no matter how many other
 * parts use.
 */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** A whole number from 0 to `end - 1`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** True with this probability, from 0 to 1. */
  chance(share: number): boolean {
    return this.below(1_000_000) < share * 1_000_000;
  }

  /** One of the values, each with the same probability. */
  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** One of the keys. A key with twice the weight of another one is picked twice as often. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries<number>(weights) as [T, number][]; // as: the keys of this very record
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [value, weight] of entries) {
      left -= weight;
      if (left < 0) return value;
    }
    throw new RangeError('no weights');
  }

  /** A generator of its own, seeded by this one. */
  fork(): Random {
    return new Random(this.below(2 ** 32));
  }
}
