import type { Kit } from '../kit.ts';
import { addingTriggers } from './adding-triggers.ts';
import { eventTypes } from './event-types.ts';
import { oneShot } from './one-shot.ts';
import { lateTriggers } from './late-triggers.ts';
import { removingTriggers } from './removing-triggers.ts';
import { triggerNames } from './trigger-names.ts';
import { shortForms } from './short-forms.ts';
import { phases } from './phases.ts';
import { synchronousFiring } from './synchronous-firing.ts';
import { thenables } from './thenables.ts';
import { triggerErrors } from './trigger-errors.ts';
import { reports } from './reports.ts';
import { reportTexts } from './report-texts.ts';
import { overlappingFirings } from './overlapping-firings.ts';
import { triggerContexts } from './trigger-contexts.ts';
import { vetoes } from './vetoes.ts';
import { triggerTimeouts } from './trigger-timeouts.ts';
import { phaseLimits } from './phase-limits.ts';
import { abortedSignals } from './aborted-signals.ts';

/** Section 2 of the contract: system events. */
export function events(kit: Kit): void {
  addingTriggers(kit);
  eventTypes(kit);
  oneShot(kit);
  lateTriggers(kit);
  removingTriggers(kit);
  triggerNames(kit);
  shortForms(kit);
  phases(kit);
  synchronousFiring(kit);
  thenables(kit);
  triggerErrors(kit);
  reports(kit);
  reportTexts(kit);
  overlappingFirings(kit);
  triggerContexts(kit);
  vetoes(kit);
  triggerTimeouts(kit);
  phaseLimits(kit);
  abortedSignals(kit);
}
