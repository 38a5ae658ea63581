import { sleep, type ReactorBase, type Resource } from '@triphase/core';
import type { Database } from './database.ts';
import type { Fault } from './faults.ts';
import { WorkQueue, type Job } from './work-queue.ts';

const SLOW_JOB_MS = 60_000;

/** How often a fault makes the writer of receipts fail. */
const CRASHES: Readonly<Partial<Record<Fault, number>>> = {
  'crash-once': 1,
  'crash-three-times': 3,
  'crash-forever': Infinity,
};

/** A queue that makes its user fail: `claim` throws after it has claimed jobs, or `finish` takes a minute. */
export class FaultyQueue extends WorkQueue {
  readonly #app: ReactorBase;
  readonly #fault: Fault;
  #crashesLeft: number;

  constructor(database: Resource<Database>, fault: Fault, app: ReactorBase) {
    super(database);
    this.#app = app;
    this.#fault = fault;
    this.#crashesLeft = CRASHES[fault] ?? 0;
  }

  override async claim(limit: number): Promise<readonly Job[]> {
    const jobs = await super.claim(limit);
    if (jobs.length === 0 || this.#crashesLeft === 0) return jobs;
    this.#crashesLeft -= 1;
    throw new Error(`LEDGER_FAULT=${this.#fault}`);
  }

  override async finish(job: Job, digest: string, signal: AbortSignal): Promise<void> {
    if (this.#fault === 'slow-work') await sleep(this.#app, SLOW_JOB_MS, { signal });
    await super.finish(job, digest, signal);
  }
}
