import type { BackgroundContext } from '@triphase/core';

/** The body of a background. The test ends each of its calls, by their number. */
export class ControlledBody {
  readonly contexts: BackgroundContext[] = [];
  readonly #ends: { resolve(): void; reject(error: unknown): void }[] = [];

  readonly body = (context: BackgroundContext): Promise<void> => {
    this.contexts.push(context);
    return new Promise((resolve, reject) => {
      this.#ends.push({ resolve, reject });
    });
  };

  get count(): number {
    return this.contexts.length;
  }

  end(call: number): void {
    this.#ends[call]?.resolve();
  }

  fail(call: number, error: unknown): void {
    this.#ends[call]?.reject(error);
  }
}

/** The message of an error; any other value unchanged. */
export const message = (error: unknown): unknown => (error instanceof Error ? error.message : error);
