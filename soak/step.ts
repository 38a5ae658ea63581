import type { Random } from './random.ts';

/** Does one random step of a program. `depth`: how many calls it is nested in. */
export type Step = (random: Random, depth: number) => void;

/** Gives a function the name by which the reactor knows it. */
export function named<T>(name: string, fn: () => T): () => T {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** Resolves in the next macrotask: promises that were settled have been handled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
