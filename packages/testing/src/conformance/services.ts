import { backgrounds } from './backgrounds.ts';
import { backgroundStops } from './background-stops.ts';
import { changingServices } from './changing-services.ts';
import { foundations } from './foundations.ts';
import { gates } from './gates.ts';
import { healthQuestions } from './health-questions.ts';
import { restartPolicies } from './restart-policies.ts';
import { restartRequests } from './restart-requests.ts';
import { resourceRepairs } from './resource-repairs.ts';
import { serviceTimes } from './service-times.ts';
import { lifecycles } from './service-lifecycles.ts';
import { serviceGraphs } from './service-graphs.ts';
import type { Kit } from './kit.ts';
import { resources } from './resources.ts';

/** Section 4 of the contract: services, both ends from one declaration. */
export function services(kit: Kit): void {
  serviceGraphs(kit);
  lifecycles(kit);
  resources(kit);
  resourceRepairs(kit);
  backgrounds(kit);
  backgroundStops(kit);
  restartPolicies(kit);
  restartRequests(kit);
  changingServices(kit);
  gates(kit);
  foundations(kit);
  healthQuestions(kit);
  serviceTimes(kit);
}
