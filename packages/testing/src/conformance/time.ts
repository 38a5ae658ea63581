import type { ReactorBase } from '@triphase/core';
import { nextMacrotask, realTimeout } from '../host-globals.ts';
import type { Kit } from './kit.ts';
import { runThrough } from './running.ts';

/** Milliseconds: a delay that no test waits for. */
export const HOUR = 3_600_000;

/** Milliseconds, for limits and timeouts. Clearly longer than no delay at all, and short enough to wait for. */
export const LIMIT = 20;

/** Resolves in the next macrotask of the host: all promise jobs that were pending are over. */
export function settle(): Promise<void> {
  return nextMacrotask();
}

/** Waits for promise jobs only: no timer and no other macrotask runs meanwhile. */
export async function promiseJobs(): Promise<void> {
  for (let hop = 0; hop < 100; hop++) await Promise.resolve();
}

/** Resolves in a timed call of the reactor, `ms` from now. */
export function delay(reactor: ReactorBase, ms: number): Promise<void> {
  return new Promise((resolve) => {
    reactor.callLater(ms, resolve);
  });
}

/**
 * Resolves after `ms` in a timed call of a second reactor. By then the host has run everything that was due before. A test uses it to
 * check that the reactor under test does nothing meanwhile.
 */
export async function delayElsewhere(kit: Kit, ms: number): Promise<void> {
  const other = kit.create();
  await runThrough(other, () => delay(other, ms));
  await settle();
}

/** Blocks the thread for `ms` on the clock of the reactor. The test needs `movingClock`. */
export function block(reactor: ReactorBase, ms: number): void {
  const end = reactor.now() + ms;
  while (reactor.now() < end);
}

/** Resolves after `ms` in a timer of the real host. Don't use it to wait for what a reactor does: that may take longer. */
export function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realTimeout(ms, resolve);
  });
}

/** Milliseconds: the most that a stall takes from a `patientTimeout()`. */
const STEP_MS = 500;

/**
 * Calls `callback` after `ms` in which the host was free: a stall counts as `STEP_MS` at most, be it the machine that stalls or code that
 * blocks. Returns a function that cancels it.
 */
export function patientTimeout(ms: number, callback: () => void): () => void {
  let left = Math.ceil(ms / STEP_MS);
  const step = (): void => {
    if (--left >= 0) cancel = realTimeout(STEP_MS, step);
    else callback();
  };
  let cancel = (): void => undefined;
  step();
  return () => {
    cancel();
  };
}

/** Whether `ms` is at least `least`, but for rounding: `ms` may be the difference of two readings of a clock. */
export function atLeast(ms: number, least: number): boolean {
  return ms >= least - 1e-6;
}
