import type { Kit } from '../kit.ts';
import { timeouts } from './with-timeout.ts';
import { debounced } from './debounce.ts';
import { clocks } from './clocks.ts';
import { runTimes } from './run-times.ts';

/** `withTimeout`, `debounce`, `hostClock` and `remaining()`: C69; and the options of `every` for the times of its runs: C68. */
export function helpers(kit: Kit): void {
  timeouts(kit);
  debounced(kit);
  clocks(kit);
  runTimes(kit);
}
