import type { Kit } from '../kit.ts';
import { hostCalls } from './host-calls.ts';
import { constructing } from './constructing.ts';
import { sideBySide } from './side-by-side.ts';
import { release } from './release.ts';

/** What a reactor uses of its host, and what it releases: C1 to C5, C24 to C26, C30, C31. */
export function host(kit: Kit): void {
  hostCalls(kit);
  constructing(kit);
  sideBySide(kit);
  release(kit);
}
