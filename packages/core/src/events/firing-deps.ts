import type { ErrorSource } from '../ground/error-source.ts';
import type { Observer } from '../ground/observer.ts';

/** Calls a function in the async context in which it was made (N3). */
export type ContextRunner = (fn: () => void) => void;

/** What the three-phase engine needs of its owner; it knows nothing of reactors. */
export interface FiringDeps {
  /** Milliseconds; 0 where there is no clock. */
  now(): number;
  /** Calls `fn` once after `ms` milliseconds, in a macrotask, unless it is disposed before (C22). */
  after(ms: number, fn: () => void): Disposable;
  /** Captures the async context of this moment; undefined where the host has no such thing, or nobody needs it. */
  captureContext(): ContextRunner | undefined;
  /** The error path; never throws (C48). */
  report(error: unknown, source: ErrorSource): void;
  /** Read at each step: an observer that throws is dropped (C46). */
  readonly observer: Observer | undefined;
  /** Tells the observer; never throws. */
  notify<K extends keyof Observer>(method: K, ...args: Parameters<NonNullable<Observer[K]>>): void;
  /** Triggers remember where they were registered (C23). */
  readonly debug: boolean;
}
