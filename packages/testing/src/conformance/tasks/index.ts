import type { Kit } from '../kit.ts';
import { sleeping } from './sleep.ts';
import { looping } from './every.ts';
import { endsOfLoops } from './every-ends.ts';
import { iteratingTicks } from './ticks.ts';
import { cooperating } from './cooperate.ts';
import { endsOfTasks } from './cooperate-ends.ts';
import { clocks } from './any-clock.ts';

/** C44, C45, C55: what is built over a clock. */
export function tasks(kit: Kit): void {
  sleeping(kit);
  looping(kit);
  endsOfLoops(kit);
  iteratingTicks(kit);
  cooperating(kit);
  endsOfTasks(kit);
  clocks(kit);
}
