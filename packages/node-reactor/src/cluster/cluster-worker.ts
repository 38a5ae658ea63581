import { background, type BackgroundContext, type RestartOptions, type Service, type StopReason } from '@triphase/core';
import { ClusterWorkerError } from './errors.ts';
import { WorkerProcess, type WorkerEnd, type WorkerProgram } from './worker-process.ts';

/** How long a worker may take to end after it was told not to wait any longer; then it is killed. Milliseconds. */
const CUT_MS = 500;

/** What a worker needs of the cluster. */
export interface WorkerPlan extends WorkerProgram {
  readonly readyTimeout: number;
  readonly drainTimeout: number;
  readonly restart: boolean | RestartOptions;
  /** It replaces another worker in a reload. If it cannot start, only the report of the reload says so, and it is not started again. */
  readonly takesOver: boolean;
  /** It has closed a listener, or its process has ended. */
  closed(): void;
  /** A signal of somebody else has stopped it, it has ended cleanly, and another process is started at once. */
  stoppedFromOutside(worker: ClusterWorker, signal: string): void;
  /** It has ended by itself. Returns `true` if no other process can take its place: then the cluster has failed. */
  endsAll(worker: ClusterWorker, error: ClusterWorkerError): boolean;
  /** It has ended in a stop. `reason`: why it was stopped. */
  ended(worker: ClusterWorker, end: WorkerEnd, reason: StopReason): void;
}

/**
 * One worker of the cluster, as a background service of the primary (H1): its body is the process. A process that ends by itself is
 * followed by another (C59).
 */
export class ClusterWorker {
  readonly name: string;
  /** 1 for the workers of the start, one more with each reload. */
  readonly generation: number;
  readonly version: string | undefined;
  readonly service: Service;
  /** How often a process of it was started. */
  starts = 0;
  /** From the start of the process until its startup was over; milliseconds. */
  readyMs = 0;
  /** From the request to stop to the end of the process; milliseconds. */
  drainMs = 0;
  process: WorkerProcess | undefined;
  end: WorkerEnd | undefined;
  /** Why it has not taken over. */
  failure: ClusterWorkerError | undefined;
  state: 'starting' | 'ready' | 'stopping' | 'ended' = 'starting';
  /** When it got its state, on the clock of the primary; milliseconds. */
  since = 0;
  readonly #plan: WorkerPlan;
  #hasBeenReady = false;

  constructor(number: number, generation: number, version: string | undefined, plan: WorkerPlan) {
    this.name = `worker ${String(number)}`;
    this.generation = generation;
    this.version = version;
    this.#plan = plan;
    const { restart } = plan;
    this.service = background(this.name, (context) => this.#run(context), {
      manualReady: true,
      restart,
      onEnd: restart === false ? 'stop' : 'restart',
      health: () => (this.state === 'ready' ? 'up' : 'down'),
    });
  }

  async #run(context: BackgroundContext): Promise<void> {
    while (await this.#serve(context));
  }

  /** One process, from its start to its end. Returns whether another one is to follow at once. */
  async #serve({ signal, cut, clock, ready }: BackgroundContext): Promise<boolean> {
    const { readyTimeout, drainTimeout, restart, takesOver } = this.#plan;
    const child = new WorkerProcess(this.#plan, () => {
      this.#plan.closed();
    });
    this.process = child;
    this.starts++;
    const set = (state: ClusterWorker['state']): void => {
      this.state = state;
      this.since = clock.now();
    };
    set('starting');
    const began = this.since;
    /** What ends with the process. */
    const held: Disposable[] = [];
    const later = (ms: number, fn: () => void): void => {
      held.push(clock.callLater(ms, fn, { name: `limit of ${this.name}` }));
    };
    const stop = (reason: StopReason): void => {
      if (this.state === 'stopping' || child.isOver) return;
      set('stopping');
      child.stop(reason);
      later(drainTimeout, () => {
        child.signal('SIGKILL');
      });
    };
    /** Why it is stopped before it was ready, if it is. */
    let refusal: string | undefined;
    const refuse = (why: string): void => {
      refusal = why;
      stop({ kind: 'restart' });
    };
    const stopListener = onAbort(signal, () => {
      stop(reasonFor(signal.reason as StopReason)); // as: the signal of a service aborts with the reason of a stop
    });
    const cutListener = onAbort(cut, () => {
      child.escalate((cut.reason as { readonly signal?: string } | undefined)?.signal); // as: a reason of a stop, or the error of a limit
      // A timer of Node: the run no longer waits for this service, and the reactor's timers end with the run.
      const kill = setTimeout(() => {
        child.signal('SIGKILL');
      }, CUT_MS);
      void child.ended.then(() => {
        clearTimeout(kill);
      });
    });
    held.push(stopListener, cutListener);
    later(readyTimeout, () => {
      if (this.state === 'starting') refuse(`was not ready within ${String(readyTimeout)} ms`);
    });
    void child.ready.then(() => {
      if (this.state !== 'starting' || child.isOver) return;
      if (takesOver && !this.#hasBeenReady && child.startErrors > 0) {
        refuse('has started with an error');
        return;
      }
      this.#hasBeenReady = true;
      set('ready');
      this.readyMs = this.since - began;
      ready();
    });

    const end = await child.ended;
    for (const each of held) each[Symbol.dispose]();
    const { state, since } = this;
    set('ended');
    this.end = end;
    this.#plan.closed();
    if (state === 'stopping') this.drainMs = this.since - since;
    if (signal.aborted) {
      this.#plan.ended(this, end, signal.reason as StopReason); // as above
      return false;
    }
    const failure = this.#failure(child, end, state, refusal);
    if (takesOver && !this.#hasBeenReady) {
      this.failure = failure;
      ready(); // ends the wait of the reload, which sees `failure` and removes this worker
    } else if (!this.#plan.endsAll(this, failure)) {
      const { stoppedBy } = child;
      if (stoppedBy === undefined || end.status !== 0 || refusal !== undefined || restart === false) throw failure;
      this.#plan.stoppedFromOutside(this, stoppedBy);
      return true;
    }
    // A body that returns would be started again, or stop the primary: this one waits until the service is stopped.
    await new Promise<void>((resolve) => {
      onAbort(signal, resolve);
    });
    return false;
  }

  /** It has ended, and nobody had told the service to. `state`: when it ended; `refusal`: why it was stopped before it was ready. */
  #failure(
    { pid, hasReactor, lines }: WorkerProcess,
    { text, status }: WorkerEnd,
    state: ClusterWorker['state'],
    refusal: string | undefined,
  ): ClusterWorkerError {
    let what = `${text} ${state === 'starting' ? 'before it was ready' : 'while it served'}`;
    if (refusal !== undefined) {
      what = `${refusal}, was stopped, and ${text}`;
      if (!hasReactor)
        what += '; it has no reactor yet: let it call runService, and let nothing hang or block before that';
    } else if (!hasReactor && status === 0)
      what += '; it has no reactor: let it call runService, which says when it is ready'; // with another status it has printed why
    return new ClusterWorkerError(`${this.name} (pid ${String(pid)}) ${what}`, lines);
  }
}

/** The reason that a worker is told. A failure of the primary is no failure of the worker, which is told only that it is disconnected. */
function reasonFor({ kind, signal }: StopReason): StopReason {
  if (kind === 'signal' && signal !== undefined) return { kind, signal };
  return { kind: kind === 'remove' || kind === 'restart' ? 'restart' : 'disconnect' };
}

/** Calls `fn` once, unless that is taken back before. */
function onAbort(signal: AbortSignal, fn: () => void): Disposable {
  if (signal.aborted) fn();
  else signal.addEventListener('abort', fn, { once: true });
  return {
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', fn);
    },
  };
}
