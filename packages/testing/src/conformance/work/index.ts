import type { Kit } from '../kit.ts';
import { holding } from './holding.ts';
import { failing } from './failing.ts';
import { limits } from './limits.ts';
import { runsOfEvery } from './runs-of-every.ts';

/** Work in flight, for which a stop waits: C57, and C68 for the runs of `every`. */
export function work(kit: Kit): void {
  holding(kit);
  failing(kit);
  limits(kit);
  runsOfEvery(kit);
}
