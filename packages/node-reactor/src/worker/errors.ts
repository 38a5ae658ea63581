import { TriphaseError } from '@triphase/core';

/** A worker thread under `bridgeReactor` failed: in its start, while it ran, or in its stop (N30). `cause` is its error, where it left one. */
export class WorkerFailedError extends TriphaseError {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  readonly code = 'ERR_TRIPHASE_WORKER_FAILED';
}
