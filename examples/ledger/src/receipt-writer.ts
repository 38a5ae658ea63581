import { background, sleep, type Gate, type ReactorBase, type Service } from '@triphase/core';
import { createHash } from 'node:crypto';
import type { Job, WorkQueue } from './work-queue.ts';

/** How many receipts are written at the same time. The gate must have as many slots. */
export const CONCURRENCY = 10;

/** How often an idle writer looks for new jobs. Milliseconds. */
const POLL_MS = 250;
/** The delay after the first failure; each further one is twice as long, up to half a minute. Milliseconds. */
const RESTART_DELAY_MS = 250;

/**
 * Writes a receipt for each entry, in the background: the SHA-256 digest of its text.
 *
 * On a stop it claims no more jobs. The gate waits for those that are in work, and gives back those that take too long. When the database
 * fails, the writer fails: it is restarted, and after `giveUpAfter` failures in a row the ledger stops with exit status 1.
 */
export function receiptWriter(app: ReactorBase, queue: WorkQueue, gate: Gate, giveUpAfter: number): Service {
  let running = 0;

  function begin(job: Job): void {
    const write = async ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
      running += 1;
      try {
        await queue.finish(job, digestOf(job), signal);
      } catch (error) {
        // It stays claimed, so that it isn't tried again at once: the sweep gives it back.
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
        // On a stop this rejects with its reason, which is no failure: jobs may hold all slots.
        await gate.free({ signal });
        const jobs = await queue.claim(CONCURRENCY - running);
        for (const job of jobs) begin(job);
        if (jobs.length === 0) await sleep(clock, POLL_MS, { signal });
      }
    },
    { needs: [gate], restart: { delay: RESTART_DELAY_MS, giveUpAfter } },
  );
}

const digestOf = ({ text }: Job): string => createHash('sha256').update(text).digest('hex');
