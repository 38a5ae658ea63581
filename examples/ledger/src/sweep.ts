import { every, type ReactorBase } from '@triphase/core';
import type { WorkQueue } from './work-queue.ts';

const INTERVAL_MS = 5_000;
/** Varies the interval by this fraction, so that several ledgers on one server don't sweep at the same time. */
const JITTER = 0.1;

/** Gives back the jobs of ledgers that have ended, now and every few seconds. A stop waits for the current sweep. */
export function sweepRegularly(app: ReactorBase, queue: WorkQueue): void {
  const sweep = async (): Promise<void> => {
    const count = await queue.sweep();
    if (count > 0) console.log(`gave back jobs that were claimed for too long: ${count}`);
  };
  every(app, INTERVAL_MS, sweep, { now: true, jitter: JITTER });
}
