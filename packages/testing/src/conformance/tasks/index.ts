import type { Kit } from '../kit.ts';
import { sleeping } from './sleep.ts';
import { looping } from './every.ts';
import { endsOfLoops } from './every-ends.ts';
import { iteratingTicks } from './ticks.ts';
import { cooperating } from './cooperate.ts';
import { endsOfTasks } from './cooperate-ends.ts';
import { clocks } from './any-clock.ts';

/** `sleep`, `every`, `ticks` and `cooperate`: C44, C45, C55. */
export function tasks(kit: Kit): void {
  sleeping(kit);
  looping(kit);
  endsOfLoops(kit);
  iteratingTicks(kit);
  cooperating(kit);
  endsOfTasks(kit);
  clocks(kit);
}
