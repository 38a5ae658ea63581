import { TriphaseError } from '@triphase/core';

/** A worker of `runCluster` was not ready, or has ended by itself (H4, H7). */
export class ClusterWorkerError extends TriphaseError {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  readonly code = 'ERR_TRIPHASE_CLUSTER_WORKER';
  /** What the worker has written to stderr last. */
  readonly lines: readonly string[];

  constructor(message: string, lines: readonly string[]) {
    super(message);
    this.lines = lines;
    this.stack = `${this.name}: ${message}`; // the place in the code where it was made helps nobody
  }
}

/** The primary did not answer a command on its control socket. */
export class ControlError extends TriphaseError {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  readonly code = 'ERR_TRIPHASE_CONTROL';
}
