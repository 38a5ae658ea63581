import type { Limits } from './events.ts';

/**
 * Milliseconds from a stop until the start that it has cut is left behind: as much as `before shutdown` may take, so that enough is left for
 * shutdown itself (C29, N8). `shutdown`: its limits. `Infinity`: no limit.
 */
export function cutStartLimit({ deadline = Infinity, before = Infinity }: Limits = {}): number {
  return Math.min(deadline, before);
}
