import type { Limits } from './events.ts';

/**
 * How many milliseconds a stop waits for a start that it has cut short. It waits no longer than `before shutdown` may take, so that enough
 * time is left for shutdown itself (C29, N8). `shutdown`: its limits. `Infinity`: no limit.
 */
export function cutStartLimit({ deadline = Infinity, before = Infinity }: Limits = {}): number {
  return Math.min(deadline, before);
}
