import type { Kit } from '../kit.ts';
import { delays } from './delays.ts';
import { optionsOfCalls } from './options.ts';
import { order } from './order.ts';
import { changes } from './changes.ts';
import { listing } from './listing.ts';

/** Timed calls: C39 to C43. */
export function timedCalls(kit: Kit): void {
  delays(kit);
  optionsOfCalls(kit);
  order(kit);
  changes(kit);
  listing(kit);
}
