import type { Kit } from '../kit.ts';
import { turnOrder } from './turn-order.ts';
import { slices } from './slices.ts';
import { failingCalls } from './failing-calls.ts';
import { callSoon } from './call-soon.ts';
import { iterate } from './iterate.ts';

/** C34 to C38: what a turn runs, in which order, and how much of it. A test that makes its turns with `iterate()` needs no host. */
export function turn(kit: Kit): void {
  turnOrder(kit);
  slices(kit);
  failingCalls(kit);
  callSoon(kit);
  iterate(kit);
}
