import type { RunResult } from '@triphase/core';
import cluster from 'node:cluster';
import { runService } from '../run-main.ts';
import { takeClusterOptions, type ClusterOptions, type ClusterSettings } from './options.ts';
import { Primary } from './primary.ts';

/** How much longer than `drainTimeout` the shutdown deadline of the primary is, and its limit of `during`. Milliseconds. */
const AFTER_DRAIN_MS = 2_000;
const DURING_AFTER_DRAIN_MS = 1_000;

/** A process runs one cluster at most: it has one control socket, and `node:cluster` has one set of settings. */
let isRunning = false;

/**
 * Runs a program in several processes that share their ports, and replaces them by new ones with no request broken (H1–H12). `main` is the
 * program of the workers: a path, or a URL. It calls `runService`, which tells the primary when it is ready.
 *
 * SIGHUP, the event `reload` and `triphase reload PID` reload: a new worker first, complete and ready, then an old one stops with
 * `{ kind: 'restart' }` and drains. A worker that ends by itself is started again (C59). A stop ends all workers side by side; the exit
 * status is the worst of theirs.
 *
 * Resolves with the result of the primary's run. Rejects with `StartupFailedError` if a worker fails at the start, and with `TypeError` or
 * `RangeError` for options that cannot work, in a worker, and while another cluster runs in this process.
 *
 * @example
 * await runCluster(new URL('server.js', import.meta.url), { workers: 4 });
 */
export async function runCluster(main: string | URL, options: ClusterOptions = {}): Promise<RunResult> {
  const settings = takeClusterOptions(main, options);
  if (cluster.isWorker)
    throw new TypeError(
      'runCluster() was called in a worker of a cluster: give it the program of the workers, which calls runService()',
    );
  if (isRunning)
    throw new TypeError(
      'runCluster() is running in this process already: give the second cluster a process of its own',
    );
  isRunning = true;
  try {
    return await runPrimary(settings);
  } finally {
    isRunning = false;
  }
}

function runPrimary(settings: ClusterSettings): Promise<RunResult> {
  const { drainTimeout, logger, setup } = settings;
  const shutdown = { deadline: drainTimeout + AFTER_DRAIN_MS, during: drainTimeout + DURING_AFTER_DRAIN_MS };
  return runService(
    async (app) => {
      await setup?.(app);
      new Primary(app, settings).use();
    },
    { limits: { shutdown }, ...(logger !== undefined && { logger }) },
  );
}
