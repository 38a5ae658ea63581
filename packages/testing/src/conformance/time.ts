import type { ReactorBase } from '@triphase/core';
import { realTimeout } from '../host-globals.ts';
import type { Kit } from './kit.ts';
import { runThrough, settle } from './steps.ts';

/** Resolves in a timed call of the reactor, `ms` from now. */
export function passed(reactor: ReactorBase, ms: number): Promise<void> {
  return new Promise((resolve) => {
    reactor.callLater(ms, resolve);
  });
}

/**
 * Resolves when a second reactor has made a timed call, `ms` from now. By then the host has run everything that was due before: to show that
 * the reactor under test asks for nothing meanwhile.
 */
export async function passedElsewhere(kit: Kit, ms: number): Promise<void> {
  const other = kit.create();
  await runThrough(other, () => passed(other, ms));
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

/** The numbers 0 … `count` − 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
