import type { Kit } from '../kit.ts';
import { usingServices } from './using-services.ts';
import { serviceOrder } from './service-order.ts';
import { refusedServices } from './refused-services.ts';
import { serviceStatus } from './service-status.ts';
import { failingServices } from './failing-services.ts';
import { interruptedServices } from './interrupted-services.ts';
import { serviceLimits } from './service-limits.ts';
import { resources } from './resources.ts';
import { resourceRepairs } from './resource-repairs.ts';
import { backgrounds } from './backgrounds.ts';
import { backgroundStops } from './background-stops.ts';
import { restartPolicies } from './restart-policies.ts';
import { restartRequests } from './restart-requests.ts';
import { changingServices } from './changing-services.ts';
import { gates } from './gates.ts';
import { foundations } from './foundations.ts';
import { healthQuestions } from './health-questions.ts';
import { serviceTimeouts } from './service-timeouts.ts';

/** Section 4 of the contract: services. */
export function services(kit: Kit): void {
  usingServices(kit);
  serviceOrder(kit);
  refusedServices(kit);
  serviceStatus(kit);
  failingServices(kit);
  interruptedServices(kit);
  serviceLimits(kit);
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
  serviceTimeouts(kit);
}
