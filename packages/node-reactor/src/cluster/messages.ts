import type { StopReason } from '@triphase/core';

/** The environment variable that tells a worker who its primary is: the process id of a primary of `runCluster`. */
export const PRIMARY_PID = 'TRIPHASE_PRIMARY';

/** What a worker tells its primary; one reactor sends `starting`, then `started` or `over`. `requests` is the answer to `count`. */
export type FromWorker =
  { readonly triphase: 'starting' | 'started' | 'over' } | { readonly triphase: 'requests'; readonly requests: number };

/** What a primary tells its worker. */
export type FromPrimary =
  { readonly triphase: 'stop'; readonly reason: StopReason } | { readonly triphase: 'escalate' | 'count' };
