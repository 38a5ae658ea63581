import { TriphaseError } from '@triphase/core';

/** A worker thread under `bridgeReactor` failed: in its start, while it ran, or in its stop (N30). `cause` is its error, where it left one. */
export class WorkerFailedError extends TriphaseError {
  /** What to compare by: it stays when class names are minified. */
  readonly code = 'ERR_TRIPHASE_WORKER_FAILED';
}
