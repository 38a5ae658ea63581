import type { FiringReport, ReactorState, StopReason } from '@triphase/core';
import { builtin } from '../builtin.ts';
import type { NodeHost } from '../node-host.ts';
import { PRIMARY_PID, type FromPrimary, type FromWorker } from './messages.ts';

/** What ends a run in a worker. */
interface Life {
  stop(reason: StopReason): void;
  escalate(signal: string): void;
}

/** The reactor of that run. */
interface Reactor {
  readonly state: ReactorState;
  readonly startupReport: Promise<FiringReport> | undefined;
}

/** How many requests the servers of this process have got; counted from the first run on. */
let requests: { count: number } | undefined;

/**
 * Tells the primary of `runCluster` that a run begins and that its startup is over, and stops when the primary says so (H2, H3). Returns
 * undefined in any other process.
 */
export function joinPrimary({ process }: NodeHost, life: Life, reactor: Reactor): Disposable | undefined {
  if (process.send === undefined) return undefined; // asked first: Deno wants a permission for the environment
  if (process.env[PRIMARY_PID] !== String(process.ppid)) return undefined; // also for children of a worker, which inherit it
  const { worker } = builtin('cluster');
  if (worker === undefined) return undefined;
  const tell = (message: FromWorker): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // the primary may be gone
  };
  const counted = (requests ??= countRequests());
  let isStarting = true;
  const settle = (triphase: 'started' | 'over'): void => {
    if (isStarting) tell({ triphase });
    isStarting = false;
  };
  const onMessage = (message: FromPrimary | null): void => {
    // The program may have messages of its own.
    if (message?.triphase === 'stop') life.stop(message.reason);
    else if (message?.triphase === 'escalate') life.escalate('SIGTERM');
    else if (message?.triphase === 'count') tell({ triphase: 'requests', requests: counted.count });
  };
  // Not on the process: a listener there would hold it.
  worker.on('message', onMessage);
  tell({ triphase: 'starting' });
  void reactor.startupReport?.then(() => {
    if (reactor.state === 'running') settle('started');
  });
  return {
    [Symbol.dispose]: () => {
      worker.off('message', onMessage);
      settle('over');
    },
  };
}

/** By Node's own diagnostics: no server has to know of it. */
function countRequests(): { count: number } {
  const counted = { count: 0 };
  builtin('diagnostics_channel').subscribe('http.server.request.start', () => {
    counted.count++;
  });
  return counted;
}
