import { background, sleep, type HostAbortSignal, type Service } from '@triphase/core';
import { Cron } from 'croner';

/** The longest sleep, in milliseconds: the wall clock may jump, and a timer doesn't see that. */
const LONGEST_SLEEP = 60_000;

export interface CronJobOptions {
  readonly needs?: readonly Service[];
  /** Such as `Europe/Berlin`. Default: the time zone of the system. */
  readonly timezone?: string;
}

/**
 * Runs a job at the times of a cron expression. Runs don't overlap: what comes while one is under way is skipped. A stop waits for the run
 * under way; `signal` tells it to end. A run that fails fails the service. Throws at once for an expression that is wrong.
 */
export function cronJob(
  name: string,
  expression: string,
  run: (signal: HostAbortSignal) => unknown,
  { needs = [], timezone }: CronJobOptions = {},
): Service {
  const cron = new Cron(expression, timezone === undefined ? {} : { timezone }); // without a function it sets no timer
  return background(
    name,
    async ({ signal, clock }) => {
      const now = () => clock.wallNow?.() ?? Date.now();
      for (;;) {
        const next = cron.nextRun(new Date(now()));
        if (next === null) return; // an expression with a year that is over
        while (now() < next.getTime()) await sleep(clock, Math.min(next.getTime() - now(), LONGEST_SLEEP), { signal }); // rejects when the stop comes
        await run(signal);
      }
    },
    { needs, onEnd: 'ignore', restart: { giveUpAfter: Infinity } },
  );
}
