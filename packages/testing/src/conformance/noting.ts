import type { BackgroundContext, Service } from '@triphase/core';
import type { Journal } from './journal.ts';

/** A service that notes `+name` in `during startup` and `-name` in `during shutdown`. */
export function noting(name: string, journal: Journal, more: Partial<Service> = {}): Service {
  return {
    name,
    startup: { during: journal.notes(`+${name}`) },
    shutdown: { during: journal.notes(`-${name}`) },
    ...more,
  };
}

/** A body that lasts until it is told to stop. */
export const untilTold = ({ stopped }: BackgroundContext): Promise<void> => stopped;
