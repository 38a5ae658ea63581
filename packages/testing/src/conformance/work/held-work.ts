import type { PendingItem } from '@triphase/core';

/** The work for which a phase waits, as `name in phase`. */
export function heldWork(waiting: readonly PendingItem[]): string[] {
  return waiting.filter(({ kind }) => kind === 'work').map(({ name, phase }) => `${name} in ${String(phase)}`);
}
