import type { FiringReport } from '@triphase/core';

/** The abandoned items of a report, such as `trigger shutdown before flush`. */
export function abandonedIn({ abandoned }: Pick<FiringReport, 'abandoned'>): string[] {
  return abandoned.map(({ kind, event, phase, name }) => `${kind} ${String(event)} ${String(phase)} ${name}`);
}
