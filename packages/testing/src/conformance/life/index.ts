import type { Kit } from '../kit.ts';
import { runResults } from './run-results.ts';
import { starting } from './starting.ts';
import { failedStarts } from './failed-starts.ts';
import { callWhenRunning } from './call-when-running.ts';
import { stopRequests } from './stop-requests.ts';
import { callsBeforeShutdown } from './calls-before-shutdown.ts';
import { stopWhileStarting } from './stop-while-starting.ts';
import { stopping } from './stopping.ts';
import { endOfRun } from './end-of-run.ts';
import { disposing } from './disposing.ts';
import { signal } from './signal.ts';
import { crash } from './crash.ts';
import { escalate } from './escalate.ts';
import { escalateStates } from './escalate-states.ts';
import { reentrantEnds } from './reentrant-ends.ts';

/** Section 3 of the contract: the life of a reactor. */
export function life(kit: Kit): void {
  runResults(kit);
  starting(kit);
  failedStarts(kit);
  callWhenRunning(kit);
  stopRequests(kit);
  callsBeforeShutdown(kit);
  stopWhileStarting(kit);
  stopping(kit);
  endOfRun(kit);
  disposing(kit);
  signal(kit);
  crash(kit);
  escalate(kit);
  escalateStates(kit);
  reentrantEnds(kit);
}
