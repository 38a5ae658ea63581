import type { ReactorBase } from '@triphase/core';
import { nextMacrotask, realTimeout } from '../host-globals.ts';
import type { Kit } from './kit.ts';
import { runThrough } from './running.ts';

/** Milliseconds: a delay that no test waits for. */
export const HOUR = 3_600_000;

/** Milliseconds: clearly longer than no delay at all, and short enough to wait for. */
export const LIMIT = 20;

/** Lets everything that is pending as promise jobs, and the host's next macrotask, pass. */
export function settle(): Promise<void> {
  return nextMacrotask();
}

/** Lets promise jobs pass, and no timer and no other macrotask. */
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
 * Resolves when a second reactor has made a timed call, `ms` from now. By then the host has run everything that was due before: to show that
 * the reactor under test asks for nothing meanwhile.
 */
export async function delayElsewhere(kit: Kit, ms: number): Promise<void> {
  const other = kit.create();
  await runThrough(other, () => delay(other, ms));
  await settle();
}

/** Holds the thread until the reactor's clock has moved on by `ms`; only where the host's clock moves while code runs. */
export function block(reactor: ReactorBase, ms: number): void {
  const end = reactor.now() + ms;
  while (reactor.now() < end);
}

/** Resolves in a timer of the real host: to show that nothing happens meanwhile, never to wait for something that does. */
export function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realTimeout(ms, resolve);
  });
}

/** Whether a time is at least as long as another: the difference of two readings of a clock is rounded in its last digit. */
export function atLeast(ms: number, least: number): boolean {
  return ms >= least - 1e-6;
}
