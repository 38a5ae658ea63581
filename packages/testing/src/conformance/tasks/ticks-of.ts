import { type ReactorBase, type Tick, every } from '@triphase/core';
import { deferred } from '../deferred.ts';

/** Starts a loop of `every` and resolves with the ticks of its first `count` runs. Each run returns what `run` returns. */
export async function ticksOf(
  reactor: ReactorBase,
  ms: number,
  count: number,
  { now = false, run }: { readonly now?: boolean; readonly run?: (index: number) => unknown } = {},
): Promise<readonly Tick[]> {
  const seen: Tick[] = [];
  const over = deferred();
  const loop = every(
    reactor,
    ms,
    (tick) => {
      seen.push(tick);
      if (seen.length === count) {
        loop.stop();
        over.resolve();
      }
      return run?.(seen.length - 1);
    },
    { now },
  );
  await over.promise;
  return seen;
}

/** The number of slots from one tick to another. It is whole when both are on the grid. */
export function slotsBetween(from: Tick | undefined, to: Tick | undefined, ms: number): number {
  const slots = ((to?.time ?? NaN) - (from?.time ?? NaN)) / ms;
  return Math.abs(slots - Math.round(slots)) < 1e-6 ? Math.round(slots) : slots;
}
