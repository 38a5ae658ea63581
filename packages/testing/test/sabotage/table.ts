import { sabotagedBreaks } from './breaking-off.ts';
import { sabotagedFirings } from './firing.ts';
import { sabotagedLimits } from './limits.ts';
import { sabotagedReactors } from './reactors.ts';
import type { Sabotage } from './sabotage.ts';
import { sabotagedServices } from './services.ts';
import { sabotagedStarts } from './starting.ts';
import { sabotagedStops } from './stopping.ts';
import { sabotagedTasks } from './tasks.ts';
import { sabotagedTimedCalls } from './timed-calls.ts';
import { sabotagedTriggers } from './triggers.ts';
import { sabotagedTurns } from './turn.ts';
import { sabotagedWatching } from './watching.ts';
import { sabotagedWork } from './work.ts';

/** All of them; each is caught by the tests of the statement that it breaks. */
export const sabotages: readonly Sabotage[] = [
  ...sabotagedReactors,
  ...sabotagedTriggers,
  ...sabotagedFirings,
  ...sabotagedLimits,
  ...sabotagedStarts,
  ...sabotagedStops,
  ...sabotagedBreaks,
  ...sabotagedServices,
  ...sabotagedTurns,
  ...sabotagedTimedCalls,
  ...sabotagedTasks,
  ...sabotagedWatching,
  ...sabotagedWork,
];
