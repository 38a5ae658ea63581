import type { Clock } from '../clock.ts';

/** Gives a function the name by which errors and `pending()` call it (C47, C48). */
export function named(name: string, fn: () => void): () => void {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** Reports an error that came to light outside of any call: a call of its own throws it, so that it takes the one path of errors (C48). */
export function report(clock: Clock, name: string, error: unknown): void {
  const rethrow = (): void => {
    throw error;
  };
  clock.callLater(0, rethrow, { name });
}

/** How something ended, for whoever asks, early, late, often or never. The first end counts. */
export class Completion<T> {
  #asked = false;
  #settled = false;
  #resolve: (value: T) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  readonly #promise: Promise<T> = new Promise((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  whenDone(): Promise<T> {
    this.#asked = true;
    return this.#promise;
  }

  resolve(value: T): void {
    this.#settled = true;
    this.#resolve(value);
  }

  /** Returns whether anybody hears of it. Who has not asked by now gets no unhandled rejection: then the error is to be reported. */
  reject(error: unknown): boolean {
    const heard = this.#asked && !this.#settled;
    if (!heard) this.#promise.catch(() => undefined);
    this.#settled = true;
    this.#reject(error);
    return heard;
  }
}
