import { background, sleep, type HostAbortSignal, type Service } from '@triphase/core';
import { Cron } from 'croner';

/** Maximum time between two readings of the wall clock, since a timer doesn't notice when that clock jumps. Milliseconds. */
const MAX_SLEEP = 60_000;

export interface CronJobOptions {
  readonly needs?: readonly Service[];
  /** Such as `Europe/Berlin`. Defaults to the time zone of the system. */
  readonly timezone?: string;
}

/**
 * A service that runs a job at the times of a cron expression. Runs don't overlap: a time that comes during a run is skipped. A stop aborts
 * the `signal` of the current run and waits for the run. A run that fails restarts the service. Throws at once if the expression is invalid.
 */
export function cronJob(
  name: string,
  expression: string,
  run: (signal: HostAbortSignal) => unknown,
  { needs = [], timezone }: CronJobOptions = {},
): Service {
  const cron = new Cron(expression, timezone === undefined ? {} : { timezone }); // without a function, Cron sets no timer
  return background(
    name,
    async ({ signal, clock }) => {
      const now = () => clock.wallNow?.() ?? Date.now();
      for (;;) {
        const next = cron.nextRun(new Date(now()));
        if (next === null) return; // no time is left, as with a year in the past
        // A stop aborts the signal: then sleep() rejects and the service ends.
        while (now() < next.getTime()) await sleep(clock, Math.min(next.getTime() - now(), MAX_SLEEP), { signal });
        await run(signal);
      }
    },
    { needs, onEnd: 'ignore', restart: { giveUpAfter: Infinity } },
  );
}
