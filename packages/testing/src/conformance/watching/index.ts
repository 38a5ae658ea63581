import type { Kit } from '../kit.ts';
import { observing, brokenObservers } from './observers.ts';
import { pending } from './pending.ts';
import { stats } from './stats.ts';
import { reporting } from './reporting.ts';
import { logging } from './logging.ts';

/** C46 to C48 and C56: what can be seen of a reactor, and where its errors go. */
export function watching(kit: Kit): void {
  observing(kit);
  brokenObservers(kit);
  pending(kit);
  stats(kit);
  reporting(kit);
  logging(kit);
}
