import type { Kit } from './kit.ts';
import { breakingOff } from './breaking-off.ts';
import { starting } from './starting.ts';
import { stopping } from './stopping.ts';

/** Section 3 of the contract: the life of a reactor. */
export function life(kit: Kit): void {
  starting(kit);
  stopping(kit);
  breakingOff(kit);
}
