import type { Kit } from '../kit.ts';
import { turnOrder } from './turn-order.ts';
import { slices } from './slices.ts';
import { failingCalls } from './failing-calls.ts';
import { callSoon } from './call-soon.ts';
import { iterate } from './iterate.ts';

/** What a turn runs, in which order, and how much of it: C34 to C38. Tests that make their turns with `iterate()` need no run. */
export function turn(kit: Kit): void {
  turnOrder(kit);
  slices(kit);
  failingCalls(kit);
  callSoon(kit);
  iterate(kit);
}
