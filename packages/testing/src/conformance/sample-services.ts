import type { BackgroundContext, Service } from '@triphase/core';
import { Journal } from './journal.ts';

/** A service that adds `+name` to the journal in `during startup` and `-name` in `during shutdown`. */
export function notingService(name: string, journal: Journal, more: Partial<Service> = {}): Service {
  return {
    name,
    startup: { during: journal.notes(`+${name}`) },
    shutdown: { during: journal.notes(`-${name}`) },
    ...more,
  };
}

/** The body of a background that ends when it is told to stop. */
export const untilStopped = ({ stopped }: BackgroundContext): Promise<void> => stopped;

/** A service with all six functions: each adds an entry such as `db before startup`. */
export function notingAllPhases(name: string, journal: Journal): Service {
  const notes = (phase: string, event: string): (() => void) => journal.notes(`${name} ${phase} ${event}`);
  return {
    name,
    startup: {
      before: notes('before', 'startup'),
      during: notes('during', 'startup'),
      after: notes('after', 'startup'),
    },
    shutdown: shutdownNotes(name, journal),
  };
}

/** All three shutdown functions: each adds an entry such as `db before shutdown`. */
export function shutdownNotes(name: string, journal: Journal): NonNullable<Service['shutdown']> {
  const notes = (phase: string): (() => void) => journal.notes(`${name} ${phase} shutdown`);
  return { before: notes('before'), during: notes('during'), after: notes('after') };
}
