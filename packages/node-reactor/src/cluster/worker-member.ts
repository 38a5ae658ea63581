import type { FiringReport, HostAbortSignal, ReactorState, StopReason } from '@triphase/core';
import { builtin } from '../builtin.ts';
import type { NodeHost } from '../node-host.ts';
import { PRIMARY_PID, type FromPrimary, type FromWorker } from './messages.ts';

/** What ends a run in a worker. */
interface Life {
  stop(reason: StopReason): void;
  escalate(signal: string, why?: string): void;
}

/** The reactor of that run. */
interface Reactor {
  readonly state: ReactorState;
  readonly signal: HostAbortSignal;
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
  if (process.env[PRIMARY_PID] !== String(process.ppid)) return undefined; // a child of a worker inherits the variable, and has another parent
  const { worker } = builtin('cluster');
  if (worker === undefined) return undefined;
  const tell = (message: FromWorker): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // the primary may be gone
  };
  const counted = (requests ??= countRequests());
  let isStarting = true;
  const settle = (message: FromWorker): void => {
    if (isStarting) tell(message);
    isStarting = false;
  };
  const { signal } = reactor;
  const onStop = (): void => {
    const reason = signal.reason as StopReason; // as: the signal of a reactor aborts with nothing else
    if (reason.kind === 'signal' && reason.signal !== undefined) tell({ triphase: 'stopping', signal: reason.signal });
  };
  const onMessage = (message: FromPrimary | null): void => {
    // The program may have messages of its own.
    if (message?.triphase === 'stop') life.stop(message.reason);
    else if (message?.triphase === 'escalate') escalate(life, message.signal);
    else if (message?.triphase === 'count') tell({ triphase: 'requests', requests: counted.count });
  };
  // Not on the process: a listener there would hold it.
  worker.on('message', onMessage);
  signal.addEventListener('abort', onStop);
  tell({ triphase: 'starting' });
  void reactor.startupReport?.then(({ errors }) => {
    if (reactor.state === 'running') settle({ triphase: 'started', errors: errors.length });
  });
  return {
    [Symbol.dispose]: () => {
      worker.off('message', onMessage);
      signal.removeEventListener('abort', onStop);
      settle({ triphase: 'over' });
    },
  };
}

/** The primary does not wait any longer: it has got a signal again, or has reached its limit. */
function escalate(life: Life, signal: string | undefined): void {
  if (signal === undefined) life.escalate('SIGTERM', 'the primary has reached its limit');
  else life.escalate(signal);
}

/** By Node's own diagnostics: no server has to know of it. */
function countRequests(): { count: number } {
  const counted = { count: 0 };
  builtin('diagnostics_channel').subscribe('http.server.request.start', () => {
    counted.count++;
  });
  return counted;
}
