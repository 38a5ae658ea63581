import type { ErrorSource } from '../ground/error-source.ts';
import type { Observer } from '../ground/observer.ts';

/** Calls `fn` in the async context that was captured (N3). */
export type ContextRunner = (fn: () => void) => void;

/** What the three-phase engine needs from its owner. The engine doesn't know reactors. */
export interface FiringDeps {
  /** Milliseconds; 0 where there is no clock. */
  now(): number;
  /** Calls `fn` once after `ms` milliseconds, in a macrotask, unless it is disposed before (C22). */
  after(ms: number, fn: () => void): Disposable;
  /** Calls `fn` in a macrotask, also when the reactor has stopped. */
  soon(fn: () => void): void;
  /** Captures the current async context; undefined where the host has none, or no code uses it. */
  captureContext(): ContextRunner | undefined;
  /** Reports an error; never throws (C48). */
  report(error: unknown, source: ErrorSource): void;
  /** Undefined once it has thrown: read it at each step (C46). */
  readonly observer: Observer | undefined;
  /** Calls a method of the observer; never throws. */
  notify<K extends keyof Observer>(method: K, ...args: Parameters<NonNullable<Observer[K]>>): void;
  /** Triggers remember where they were registered (C23). */
  readonly debug: boolean;
}
