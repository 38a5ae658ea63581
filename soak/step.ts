import type { Random } from './random.ts';

/** Does one random step of a program; `depth` says how many calls it is inside of. */
export type Step = (random: Random, depth: number) => void;

/** Gives a function the name by which the reactor knows it. */
export function named<T>(name: string, fn: () => T): () => T {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** All that is ready in the host has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
