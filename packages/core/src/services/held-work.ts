import type { WorkOptions } from '../ground/clock.ts';
import { whenSettled } from '../ground/thenable.ts';

/** Promises that the stop of one service waits for. */
export class HeldWork {
  readonly #pending: Set<{ readonly name: string }> = new Set();
  readonly #settled: (failure: { readonly error: unknown; readonly name: string } | undefined) => void;

  /** `settled` is called when one of them settles; with its error if it rejects. */
  constructor(settled: (failure: { readonly error: unknown; readonly name: string } | undefined) => void) {
    this.#settled = settled;
  }

  /** The names of those that are pending. */
  get names(): readonly string[] {
    return Array.from(this.#pending, ({ name }) => name);
  }

  /** Throws `TypeError` if `promise` isn't a thenable. */
  add(promise: unknown, { name = 'waitUntil' }: WorkOptions = {}): void {
    const work = { name };
    const settled = whenSettled(
      promise,
      () => {
        this.#pending.delete(work);
        this.#settled(undefined);
      },
      (error) => {
        this.#pending.delete(work);
        this.#settled({ error, name });
      },
    );
    if (settled === undefined)
      throw new TypeError(
        `waitUntil() needs a promise, got ${typeof promise}: call the function, and pass what it returns`,
      );
    this.#pending.add(work);
  }
}
