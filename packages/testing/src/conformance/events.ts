import { firing } from './firing.ts';
import type { Kit } from './kit.ts';
import { limits } from './limits.ts';
import { triggers } from './triggers.ts';

/** Section 2 of the contract: system events. */
export function events(kit: Kit): void {
  triggers(kit);
  firing(kit);
  limits(kit);
}
