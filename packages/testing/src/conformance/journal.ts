import type { Trigger, TriggerContext } from '@triphase/core';
import { deferred, type Deferred } from './steps.ts';

/** What happened, in order, and triggers that write it down. */
export class Journal {
  readonly entries: string[] = [];

  /** A trigger that notes its name and returns nothing. */
  notes(entry: string): () => void {
    return () => {
      this.entries.push(entry);
    };
  }

  /** A trigger that notes its name and pends until it is settled by hand. */
  pends(entry: string): PendingTrigger {
    const result = deferred();
    const called = deferred();
    const contexts: TriggerContext[] = [];
    const trigger = (context: TriggerContext): Promise<void> => {
      this.entries.push(entry);
      contexts.push(context);
      called.resolve();
      return result.promise;
    };
    return { ...result, trigger, contexts, called: called.promise };
  }
}

/** A trigger that pends, and what settles it. */
export interface PendingTrigger extends Deferred<void> {
  readonly trigger: Trigger;
  /** Resolves when it is called first. */
  readonly called: Promise<void>;
  /** What it was called with, each time. */
  readonly contexts: readonly TriggerContext[];
}

/** A trigger that throws the value, whatever it is. */
export function throws(value: unknown): () => never {
  return () => {
    throw value;
  };
}

/** A trigger whose promise rejects with the value, whatever it is. */
export function rejects(value: unknown): () => Promise<never> {
  return async () => {
    await Promise.resolve();
    return throws(value)();
  };
}

/** A thenable that is no promise: it calls `then` with what it is given. */
export function thenable(
  then: (fulfil: (value?: unknown) => void, reject: (reason?: unknown) => void) => void,
): PromiseLike<unknown> {
  return { then } as unknown as PromiseLike<unknown>; // as: less than a promise has, and all that a thenable needs
}

/** A signal that counts who listens. */
export class CountingSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners: Set<() => void> = new Set();

  get listeners(): number {
    return this.#listeners.size;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason?: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.#listeners]) listener();
  }
}

// WebKit has neither symbol; reactors then answer to these.
const symbols: { readonly dispose?: typeof Symbol.dispose; readonly asyncDispose?: typeof Symbol.asyncDispose } =
  Symbol;
const disposeSymbol: typeof Symbol.dispose = symbols.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
const asyncDisposeSymbol: typeof Symbol.asyncDispose =
  symbols.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** What `using` does at the end of its block. */
export function disposeOf(target: Disposable): void {
  target[disposeSymbol]();
}

/** What `await using` does at the end of its block. */
export async function asyncDisposeOf(target: {
  readonly [Symbol.asyncDispose]: () => PromiseLike<void>;
}): Promise<void> {
  await target[asyncDisposeSymbol]();
}
