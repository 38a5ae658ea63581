import type { StopReason } from '@triphase/core';

/** The environment variable that tells a worker who its primary is: the process id of a primary of `runCluster`. */
export const PRIMARY_PID = 'TRIPHASE_PRIMARY';

/**
 * What a worker tells its primary; one reactor sends `starting`, then `started` or `over`. `errors`: how many triggers of its startup have
 * failed. `stopping`: a reactor stops, because of a signal that was sent to the worker itself, not by the primary. `requests` is the answer
 * to `count`. `closed`: how many listeners it has closed.
 */
export type FromWorker =
  | { readonly triphase: 'starting' | 'over' }
  | { readonly triphase: 'started'; readonly errors: number }
  | { readonly triphase: 'stopping'; readonly signal: string }
  | { readonly triphase: 'requests'; readonly requests: number }
  | { readonly triphase: 'closed'; readonly closed: number };

/**
 * What a primary tells its worker. `escalate`: with the signal that the primary has got, if that is why. `closed`: the worker may now
 * end the connections of its first `closed` listeners, counted in the order in which it has closed them.
 */
export type FromPrimary =
  | { readonly triphase: 'stop'; readonly reason: StopReason }
  | { readonly triphase: 'escalate'; readonly signal?: string | undefined }
  | { readonly triphase: 'count' }
  | { readonly triphase: 'closed'; readonly closed: number };
