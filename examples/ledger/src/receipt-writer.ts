import { background, sleep, type Gate, type ReactorBase, type Service } from '@triphase/core';
import { createHash } from 'node:crypto';
import type { Job, WorkQueue } from './work-queue.ts';

/** Maximum number of receipts that are written at the same time. The gate must have this number of slots. */
export const CONCURRENCY = 10;

/** How often an idle writer looks for new jobs. Milliseconds. */
const POLL_MS = 250;
/** Delay of the restart after the first failure. Each further delay is twice as long, up to half a minute. Milliseconds. */
const RESTART_DELAY_MS = 250;

/**
 * A background service that writes a receipt for each entry: the SHA-256 digest of its text.
 *
 * On a stop it claims no more jobs. The gate waits for the running jobs, and gives back those that take too long. If the database fails, the
 * writer fails and is restarted. After `giveUpAfter` failures in a row the ledger stops with exit status 1.
 */
export function receiptWriter(app: ReactorBase, queue: WorkQueue, gate: Gate, giveUpAfter: number): Service {
  let running = 0;

  function startJob(job: Job): void {
    const write = async ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
      running += 1;
      try {
        await queue.finish(job, digestOf(job), signal);
      } catch (error) {
        // The job stays claimed, so that it isn't tried again at once. The sweep gives it back later.
        if (!signal.aborted) app.report(error, { name: `receipt of entry ${job.id}` });
      } finally {
        running -= 1;
      }
    };
    void gate.run(write, { onAbandoned: () => queue.giveBack(job) });
  }

  return background(
    'receipts',
    async ({ signal, clock }) => {
      while (!signal.aborted) {
        // On a stop this rejects with the reason of the signal, which doesn't count as a failure.
        await gate.free({ signal });
        const jobs = await queue.claim(CONCURRENCY - running);
        for (const job of jobs) startJob(job);
        if (jobs.length === 0) await sleep(clock, POLL_MS, { signal });
      }
    },
    { needs: [gate], restart: { delay: RESTART_DELAY_MS, giveUpAfter } },
  );
}

const digestOf = ({ text }: Job): string => createHash('sha256').update(text).digest('hex');
