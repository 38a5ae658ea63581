import type { Kit } from '../kit.ts';
import { timeouts } from './with-timeout.ts';
import { debounced } from './debounce.ts';
import { clocks } from './clocks.ts';
import { runTimes } from './run-times.ts';

/** What libraries and programs do with a clock: C69, and C68 for the times of the runs of `every`. */
export function helpers(kit: Kit): void {
  timeouts(kit);
  debounced(kit);
  clocks(kit);
  runTimes(kit);
}
