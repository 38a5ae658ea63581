import type { Kit } from '../kit.ts';
import { observing, brokenObservers } from './observers.ts';
import { pending } from './pending.ts';
import { stats } from './stats.ts';
import { reporting } from './reporting.ts';
import { logging } from './logging.ts';

/** Observers, `pending()`, `stats()`, errors and the log: C46 to C48, C56, C64. */
export function watching(kit: Kit): void {
  observing(kit);
  brokenObservers(kit);
  pending(kit);
  stats(kit);
  reporting(kit);
  logging(kit);
}
