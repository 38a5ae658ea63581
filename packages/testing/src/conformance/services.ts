import { lifecycles } from './service-lifecycles.ts';
import { serviceGraphs } from './service-graphs.ts';
import type { Kit } from './kit.ts';
import { resources } from './resources.ts';

/** Section 4 of the contract: services, both ends from one declaration. */
export function services(kit: Kit): void {
  serviceGraphs(kit);
  lifecycles(kit);
  resources(kit);
}
