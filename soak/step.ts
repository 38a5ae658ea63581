/** Small helpers of the random programs. */
import type { Random } from './random.ts';

/** Does one random step of a program. `depth`: the number of triggers and calls that the step is nested in. */
export type Step = (random: Random, depth: number) => void;

/** Sets the name of a function, which the reactor uses in its reports. */
export function named<T>(name: string, fn: () => T): () => T {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** Resolves in the next macrotask. All callbacks of promises that have settled have run by then. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
