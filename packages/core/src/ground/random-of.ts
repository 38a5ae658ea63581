import type { Clock } from './clock.ts';

/** A number from 0 to below 1: from the clock's `random`, so that virtual time is repeatable, else from `Math.random` (C55). */
export function randomOf(clock: Clock): number {
  const random: unknown = clock.random?.(); // what a clock of the program returns
  return typeof random === 'number' && random >= 0 && random < 1 ? random : Math.random();
}
