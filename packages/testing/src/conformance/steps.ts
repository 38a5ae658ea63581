import type { ErrorSource, OnError, ReactorBase, RunResult } from '@triphase/core';
import { nextMacrotask } from '../host-globals.ts';

/** A promise, and the two functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A promise to be settled by hand. A rejection of it that nobody hears is no unhandled one. */
export function deferred<T = void>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined;
  const promise: Promise<T> = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(ignore);
  if (settle === undefined) throw new Error('a promise calls its executor at once');
  return { promise, ...settle };
}

/** What the function throws; an error when it throws nothing. */
export function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('expected the function to throw; it returned');
}

/** The `code` of what the function throws; for what is not one of our errors, its text. */
export function codeThrownBy(body: () => unknown): string {
  return codeOf(thrownBy(body));
}

/** What the promise rejects with; an error when it is fulfilled. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  let reason: { readonly error: unknown };
  try {
    await promise;
  } catch (error) {
    reason = { error };
    return reason.error;
  }
  throw new Error('expected the promise to reject; it was fulfilled');
}

/** The `code` of an error, else its text: two copies of the package have two copies of each class, but the same codes. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}

/** Lets everything that is pending as promise jobs, and the host's next macrotask, pass. */
export function settle(): Promise<void> {
  return nextMacrotask();
}

/** Lets promise jobs pass, and no timer and no other macrotask. */
export async function promiseJobs(): Promise<void> {
  for (let hop = 0; hop < 100; hop++) await Promise.resolve();
}

/** A run under way: its end, with the rejection of a failed start already heard. */
export interface StartedRun {
  readonly ended: Promise<RunResult>;
}

/** Runs the reactor; resolves in `after startup`, or when it is known that the reactor never gets there. */
export async function start(reactor: ReactorBase): Promise<StartedRun> {
  const ended = reactor.run();
  ended.catch(ignore);
  if (reactor.state === 'starting') {
    const running: Promise<void> = new Promise((resolve) => {
      try {
        reactor.addSystemEventTrigger('after', 'startup', () => {
          resolve();
        });
      } catch {
        resolve(); // `after startup` has begun
      }
    });
    await Promise.race([running, ended.then(ignore, ignore)]);
  }
  return { ended };
}

/** As {@link start}, and resolves once `state` is `running`. */
export async function startFully(reactor: ReactorBase): Promise<StartedRun> {
  const run = await start(reactor);
  while (reactor.state === 'starting') await nextTurn(reactor);
  return run;
}

/** One whole run: `body` is called once the reactor runs, and when what it returned has settled the reactor is stopped. */
export async function runThrough(reactor: ReactorBase, body: () => unknown): Promise<RunResult> {
  await start(reactor);
  await body();
  return reactor.stop();
}

/** Resolves inside the next turn of the reactor. */
export function nextTurn(reactor: ReactorBase): Promise<void> {
  return new Promise((resolve) => {
    reactor.callSoon(resolve);
  });
}

/** Whether a time is at least as long as another: the difference of two readings of a clock is rounded in its last digit. */
export function lasts(ms: number, least: number): boolean {
  return ms >= least - 1e-6;
}

/** An `onError` that keeps what it is told. */
export interface ErrorRecord {
  readonly onError: OnError;
  readonly errors: readonly unknown[];
  readonly sources: readonly ErrorSource[];
}

export function recordErrors(): ErrorRecord {
  const errors: unknown[] = [];
  const sources: ErrorSource[] = [];
  const onError: OnError = (error, source) => {
    errors.push(error);
    sources.push(source);
  };
  // It is spread into the options of a reactor, which may refuse what it does not know.
  const hidden = { errors: { value: errors }, sources: { value: sources } };
  return Object.defineProperties({ onError } as ErrorRecord, hidden); // as: they are defined here
}

/** The function under this name, which a bundler that shortens names leaves alone. */
export function named<F extends (...args: never[]) => unknown>(name: string, fn: F): F {
  return Object.defineProperty(fn, 'name', { value: name });
}

/** A call that fails. */
export function fail(): never {
  throw new Error('this fails');
}

/** A call that must never be made. */
export function mustNotRun(): never {
  throw new Error('this must not run');
}

function ignore(): void {
  // Heard, and of no interest here.
}
