import type { PendingItem } from '@triphase/core';

/** What holds a phase, and which. */
export function heldWork(waiting: readonly PendingItem[]): string[] {
  return waiting.filter(({ kind }) => kind === 'work').map(({ name, phase }) => `${name} in ${String(phase)}`);
}
