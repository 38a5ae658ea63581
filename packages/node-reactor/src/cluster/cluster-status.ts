import type { ReactorState } from '@triphase/core';
import type { ClusterWorker } from './cluster-worker.ts';
import type { ReloadReport } from './reload-report.ts';

/** The state of one worker, as `/statusz` shows it. */
export interface ClusterWorkerStatus {
  /** Such as `worker 3`. */
  readonly name: string;
  /** The process id; null while none runs. */
  readonly pid: number | null;
  /** `starting`, `ready`, `stopping`, or `ended` while it waits for its restart. */
  readonly state: string;
  /** 1 for those of the start, one more with each reload. */
  readonly generation: number;
  /** The `version` in the package.json nearest to its program, when it was started. */
  readonly version: string | null;
  /** Milliseconds since it got its state. */
  readonly ageMs: number;
  /** The requests that the servers of its process have got; 0 on runtimes that do not tell. */
  readonly requests: number;
  /** How often its process was started again. */
  readonly restarts: number;
}

/** The state of a cluster, as `/statusz` shows it (H11). */
export interface ClusterStatus {
  /** Of the primary. */
  readonly state: ReactorState;
  /** Of the primary. */
  readonly pid: number;
  /** Those that serve, start or stop; the oldest first. */
  readonly workers: readonly ClusterWorkerStatus[];
  /** Such as `mixed: 1 new, 1 old` after a reload that has failed half-way. */
  readonly mixed: string | null;
  /** The last reload that is over. */
  readonly reload: ReloadReport | null;
}

/** Asks the worker for what only it knows. */
export async function statusOf(worker: ClusterWorker, now: number): Promise<ClusterWorkerStatus> {
  const { name, process, state, generation, version = null, since, starts } = worker;
  return {
    name,
    pid: process?.isOver === false ? process.pid : null,
    state,
    generation,
    version,
    ageMs: Math.round(now - since),
    requests: (await process?.requests()) ?? 0,
    restarts: Math.max(0, starts - 1),
  };
}
