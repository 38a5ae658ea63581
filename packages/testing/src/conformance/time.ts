import type { ReactorBase } from '@triphase/core';
import { realTimeout } from '../host-globals.ts';

/** Resolves in a timed call of the reactor, `ms` from now. */
export function passed(reactor: ReactorBase, ms: number): Promise<void> {
  return new Promise((resolve) => {
    reactor.callLater(ms, resolve);
  });
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
