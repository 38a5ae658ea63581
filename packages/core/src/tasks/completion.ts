import type { Clock } from '../ground/clock.ts';

/** Gives a function the name that errors and `pending()` use for it (C47, C48). */
export function named(name: string, fn: () => void): () => void {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** A reactor has an error path; other clocks need not. */
interface ReportingClock extends Clock {
  report?(error: unknown, source: { readonly kind: 'timed-call'; readonly name: string }): void;
}

/** Reports an error by way of the clock: through its `report`, which reactors have, or by a timed call that throws it (C48). */
export function report(clock: ReportingClock, name: string, error: unknown): void {
  if (typeof clock.report === 'function') {
    clock.report(error, { kind: 'timed-call', name });
    return;
  }
  const rethrow = (): void => {
    throw error;
  };
  clock.callLater(0, rethrow, { name });
}

/** How a task ended. `whenDone()` can be called early, late, often or never. The first end counts. */
export class Completion<T> {
  #isAsked = false;
  #isSettled = false;
  #resolve: (value: T) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  readonly #promise: Promise<T> = new Promise((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  whenDone(): Promise<T> {
    this.#isAsked = true;
    return this.#promise;
  }

  resolve(value: T): void {
    this.#isSettled = true;
    this.#resolve(value);
  }

  /** Returns `false` if the error is lost: `whenDone()` was never called, or has settled before. Then the caller must report it. */
  reject(error: unknown): boolean {
    const isHeard = this.#isAsked && !this.#isSettled;
    if (!isHeard) this.#promise.catch(() => undefined);
    this.#isSettled = true;
    this.#reject(error);
    return isHeard;
  }
}
