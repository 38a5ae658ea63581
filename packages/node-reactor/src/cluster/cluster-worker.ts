import { background, type BackgroundContext, type RestartOptions, type Service, type StopReason } from '@triphase/core';
import { ClusterWorkerError } from './errors.ts';
import { WorkerProcess, type WorkerEnd, type WorkerProgram } from './worker-process.ts';

/** How long a worker may take from the wish not to wait any longer to its end; then it is killed. Milliseconds. */
const CUT_MS = 500;

/** What a worker needs of the cluster. */
export interface WorkerPlan extends WorkerProgram {
  readonly readyTimeout: number;
  readonly drainTimeout: number;
  readonly restart: boolean | RestartOptions;
  /** It has closed a listener, or its process has ended. */
  closed(): void;
  /** It has ended by itself. Whether it makes no sense to start another one: the cluster has failed then. */
  endsAll(worker: ClusterWorker, error: ClusterWorkerError): boolean;
  /** It has ended with this status in a stop; 0 is a clean one. */
  ended(worker: ClusterWorker, end: WorkerEnd, reason: StopReason): void;
}

/**
 * One worker of the cluster, as a background service of the primary (H1): its body is the process. A process that ends by itself is
 * followed by another (C59).
 */
export class ClusterWorker {
  readonly name: string;
  /** The number of the reload that has made it; 1 for those of the start. */
  readonly generation: number;
  readonly version: string | undefined;
  readonly service: Service;
  /** How often a process of it was started. */
  starts = 0;
  /** From the start of the process until its startup was over; milliseconds. */
  readyMs = 0;
  /** From the wish to stop to the end of the process; milliseconds. */
  drainMs = 0;
  process: WorkerProcess | undefined;
  end: WorkerEnd | undefined;
  state: 'starting' | 'ready' | 'stopping' | 'ended' = 'starting';
  /** When it got its state, on the clock of the primary; milliseconds. */
  since = 0;
  readonly #plan: WorkerPlan;

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
    });
  }

  async #run({ signal, cut, clock, ready }: BackgroundContext): Promise<void> {
    const { readyTimeout, drainTimeout } = this.#plan;
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
    const timers: Set<Disposable> = new Set();
    const later = (ms: number, fn: () => void): void => {
      timers.add(clock.callLater(ms, fn, { name: `limit of ${this.name}` }));
    };
    const stop = (reason: StopReason): void => {
      if (this.state === 'stopping' || child.isOver) return;
      set('stopping');
      child.stop(reason);
      later(drainTimeout, () => {
        child.signal('SIGKILL');
      });
    };
    onAbort(signal, () => {
      stop(reasonFor(signal.reason as StopReason)); // as: that of a body
    });
    onAbort(cut, () => {
      child.escalate();
      // Nobody waits for this body any longer, so the reactor's clock may stand.
      const kill = setTimeout(() => {
        child.signal('SIGKILL');
      }, CUT_MS);
      void child.ended.then(() => {
        clearTimeout(kill);
      });
    });
    later(readyTimeout, () => {
      if (this.state === 'starting') stop({ kind: 'restart' });
    });
    void child.ready.then(() => {
      if (this.state !== 'starting' || child.isOver) return;
      set('ready');
      this.readyMs = this.since - began;
      ready();
    });

    const end = await child.ended;
    for (const timer of timers) timer[Symbol.dispose]();
    const { state, since } = this;
    set('ended');
    this.end = end;
    this.#plan.closed();
    if (state === 'stopping') this.drainMs = this.since - since;
    if (signal.aborted) {
      this.#plan.ended(this, end, signal.reason as StopReason); // as above
      return;
    }
    const failure = this.#failure(child, end, state);
    if (!this.#plan.endsAll(this, failure)) throw failure;
    await new Promise<void>((resolve) => {
      onAbort(signal, resolve);
    });
  }

  /** It has ended, and nobody had told the service to. `state`: when it ended; `stopping` for one that was not ready in time. */
  #failure(
    { pid, hasReactor, lines }: WorkerProcess,
    end: WorkerEnd,
    state: ClusterWorker['state'],
  ): ClusterWorkerError {
    const who = `${this.name} (pid ${String(pid)})`;
    const remedy = hasReactor ? '' : '; it has no reactor: let it call runService, which says when it is ready';
    const isSilent = end.status === 0; // else its last lines say why
    const what =
      state === 'stopping'
        ? `was not ready within ${String(this.#plan.readyTimeout)} ms, was stopped, and ${end.text}${remedy}`
        : state === 'starting'
          ? `${end.text} before it was ready${isSilent ? remedy : ''}`
          : `${end.text} while it served`;
    return new ClusterWorkerError(`${who} ${what}`, lines);
  }
}

/** The reason that a worker is told. The primary's own failures are none of the worker. */
function reasonFor({ kind, signal }: StopReason): StopReason {
  if (kind === 'signal' && signal !== undefined) return { kind, signal };
  return { kind: kind === 'remove' || kind === 'restart' ? 'restart' : 'disconnect' };
}

function onAbort(signal: AbortSignal, fn: () => void): void {
  if (signal.aborted) fn();
  else signal.addEventListener('abort', fn, { once: true });
}
