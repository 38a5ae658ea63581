import { seededRandom } from '../packages/testing/src/seeded-random.ts';

/** Random numbers that a seed repeats. A part of the program that uses a `fork()` gets the same numbers, however many the others take. */
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

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** One of the keys; one with twice the weight of another is picked twice as often. */
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
