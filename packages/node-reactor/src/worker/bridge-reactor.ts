import {
  checkKeys,
  TriggerTimeoutError,
  type Phases,
  type Service,
  type ServiceHost,
  type StopReason,
  type TriggerContext,
} from '@triphase/core';
import type { Worker } from 'node:worker_threads';
import { builtin } from '../builtin.ts';
import { WorkerFailedError } from './errors.ts';
import { WorkerLink } from './worker-link.ts';

/** How long a start waits for a first sign of a reactor in the worker. Milliseconds. */
const START_MS = 30_000;

/**
 * How long a thread may take to end by itself once its run is over. It is more than one second: after a second the reactor in the thread
 * ends the thread itself. Milliseconds.
 */
const NATURAL_END_MS = 1_500;

/** A worker that is being stopped and in which no reactor was seen is given this long. Milliseconds. */
const NO_REACTOR_MS = 2_000;

/** What an escalated worker may take for its last phases; below the second after which the process is ended. Milliseconds. */
const ESCALATED_MS = 800;

/** Options of {@link bridgeReactor}. */
export interface BridgeReactorOptions {
  /** Its name in reports, pending lines and errors; default: `worker` and the number of the thread. */
  readonly name?: string;
  /** Services that outlive the worker; a function given as the worker is called once they have started. */
  readonly needs?: readonly Service[];
  /** Milliseconds until a reactor has to run in the worker; default 30 000. How long that one then takes to start is up to it. */
  readonly startTimeout?: number;
}

/**
 * Makes the reactor of a worker thread a service of this one (N30): the start waits until it is running, and a stop stops it and waits
 * until its thread has ended. Pass the worker, or a function that makes it, which is called once what it `needs` has started.
 *
 * The worker needs no call for this: each `NodeReactor` in it listens by itself. It stops with the reason of this one after a signal, else
 * with `{ kind: 'main-stopped', cause }`. A worker that fails or ends while this reactor runs is reported; one that fails in its stop makes this
 * stop fail, with a `WorkerFailedError`. At the limit of `during` the thread is terminated. Throws `TypeError` and `RangeError` for
 * arguments that are wrong.
 *
 * @example
 * app.use(bridgeReactor(new Worker(new URL('./resizer.js', import.meta.url)), { name: 'resizer', needs: [db] }));
 */
export function bridgeReactor(worker: Worker | (() => Worker), options: BridgeReactorOptions = {}): Service {
  checkKeys(options, ['name', 'needs', 'startTimeout'], 'bridgeReactor');
  const { name, needs = [], startTimeout = START_MS } = options;
  if (typeof startTimeout !== 'number' || !(startTimeout > 0)) {
    const what = typeof startTimeout === 'number' ? String(startTimeout) : `a ${typeof startTimeout}`;
    throw new RangeError(`startTimeout is ${what}: give a number of milliseconds above 0`);
  }
  if (typeof worker !== 'function') checkWorker(worker);
  return new BridgedWorker(worker, name, needs, startTimeout);
}

function checkWorker(worker: Partial<Worker> | null | undefined): void {
  if (typeof worker?.threadId === 'number' && typeof worker.terminate === 'function' && typeof worker.on === 'function')
    return;
  throw new TypeError(
    `bridgeReactor was given ${worker === null ? 'null' : typeof worker === 'object' ? 'an object that is no worker thread' : `a value of type ${typeof worker}`}: give a Worker of node:worker_threads, or a function that makes one`,
  );
}

type State = 'idle' | 'starting' | 'running' | 'stopping';

class BridgedWorker implements Service {
  readonly name: string;
  readonly needs: readonly Service[];
  readonly startup: Phases = {
    // A worker that is there already counts as started, so that it is stopped also when the start comes no further than this.
    before: () => undefined,
    during: ({ signal }) => this.#start(signal),
  };
  readonly shutdown: Phases<StopReason> = {
    during: (context) => this.#stop(context),
  };
  readonly #source: Worker | (() => Worker);
  readonly #startTimeout: number;
  #app: ServiceHost | undefined;
  #link: WorkerLink | undefined;
  #state: State = 'idle';
  #isReported = false;

  constructor(
    source: Worker | (() => Worker),
    name: string | undefined,
    needs: readonly Service[],
    startTimeout: number,
  ) {
    this.name = name ?? (typeof source === 'function' ? source.name || 'worker' : `worker ${String(source.threadId)}`);
    this.needs = [...needs];
    this.#source = source;
    this.#startTimeout = startTimeout;
  }

  /** Listens at once to a worker that is there already: so nothing that happens to it before the start is missed. */
  attach(app: ServiceHost): void {
    this.#app = app;
    if (typeof this.#source !== 'function') this.#connect(this.#source);
  }

  status(): string {
    return this.#link?.status ?? 'not made yet';
  }

  #connect(worker: Worker): WorkerLink {
    this.#link = new WorkerLink(worker, () => {
      this.#watch();
    });
    return this.#link;
  }

  #make(): WorkerLink {
    // There is one already after a crash in the middle of the start (C31).
    if (this.#link?.hasExited === false || typeof this.#source !== 'function')
      return this.#link ?? this.#connect(this.#source as Worker); // as: without a link, the source is a worker
    const worker = this.#source();
    checkWorker(worker);
    return this.#connect(worker);
  }

  async #start(signal: TriggerContext['signal']): Promise<void> {
    this.#state = 'starting';
    const link = this.#make();
    let isStopped = signal.aborted;
    const settled = (): boolean => isStopped || link.isUp || link.failure !== undefined || link.hasExited;
    const seen = link.within(this.#startTimeout, () => link.hasReactor || settled());
    signal.addEventListener('abort', () => {
      isStopped = true;
      link.look();
      this.#endCutStart(link, signal.reason);
    });
    const isSeen = await seen;
    if (isSeen) await link.until(settled);
    // It counts as started: the stop that has begun stops it, in its order (N7).
    if (isStopped) return;
    const { failure } = link;
    if (isSeen && failure === undefined) {
      this.#state = 'running';
      this.#watch(); // what happened in the meantime
      return;
    }
    link.stop({ kind: 'startup-failed' }); // there may be other reactors in it
    await this.#letEnd(link, failure !== undefined);
    throw this.#failed(
      failure ??
        `had no reactor after ${String(this.#startTimeout)} ms and was terminated: run one in its program, such as with runService(), or raise startTimeout`,
      link,
    );
  }

  /** Ends the worker if its start was cut at a limit or escalated: such a start counts as failed, so no stop is called for it. */
  #endCutStart(link: WorkerLink, reason: unknown): void {
    if (reason instanceof TriggerTimeoutError) link.terminate();
    else {
      // A run that was escalated is over in the next turn. Any other is not, since its stop waits for this worker.
      builtin('timers').setImmediate(() => {
        if (this.#state === 'starting' && this.#app?.state === 'stopped') this.#cut(link, reason, { kind: 'stop' });
      });
    }
  }

  async #stop({ signal, detail }: TriggerContext<StopReason>): Promise<void> {
    this.#state = 'stopping';
    const link = this.#link;
    if (link === undefined || (link.hasExited && this.#isReported)) return;
    const wasReported = this.#isReported;
    link.stop(detail);
    const onAbort = (): void => {
      this.#cut(link, signal.reason, detail);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
    const isSeen = await link.within(
      link.hasReactor ? Infinity : NO_REACTOR_MS,
      () => link.hasReactor || link.hasExited,
    );
    if (!isSeen) {
      link.terminate();
      await link.until(() => link.hasExited);
      throw this.#failed('was terminated: no reactor ran in it that could be stopped', link);
    }
    await link.until(() => link.isOver || link.hasExited);
    await this.#letEnd(link, true);
    signal.removeEventListener('abort', onAbort);
    const { failure } = link;
    if (failure !== undefined && !wasReported) throw this.#failed(failure, link);
  }

  /** Waits until the thread has ended, and ends it when it does not by itself. */
  async #letEnd(link: WorkerLink, mayEndByItself: boolean): Promise<void> {
    const hasEnded = await link.within(mayEndByItself ? NATURAL_END_MS : 0, () => link.hasExited);
    if (hasEnded) return;
    link.terminate();
    if (mayEndByItself) {
      this.#report(
        `was terminated: its run is over, but something still held its thread after ${String(NATURAL_END_MS)} ms`,
        link,
      );
    }
    await link.until(() => link.hasExited);
  }

  /** The stop does not wait for it any longer: at a limit it is terminated, else it is escalated and given a moment. */
  #cut(link: WorkerLink, reason: unknown, stopReason: StopReason): void {
    if (link.hasExited) return;
    if (reason instanceof TriggerTimeoutError) {
      const { status } = link;
      link.terminate();
      this.#report(`was terminated at the limit of its stop: ${status}`, link);
      return;
    }
    link.escalate(isStopReason(reason) ? reason : stopReason);
    builtin('timers')
      .setTimeout(() => {
        link.terminate();
      }, ESCALATED_MS)
      .unref();
  }

  /** Reports, once, a worker that fails or ends while the reactor runs; not one whose `main` has ended without an error. */
  #watch(): void {
    const link = this.#link;
    if (this.#state !== 'running' || this.#isReported || link === undefined) return;
    const { failure } = link;
    if (failure === undefined && (!link.isOver || link.isDone)) return;
    this.#isReported = true;
    this.#report(failure ?? 'has stopped by itself', link);
  }

  #report(what: string, link: WorkerLink): void {
    this.#app?.report(this.#failed(what, link), { kind: 'service', name: this.name });
  }

  #failed(what: string, { error }: WorkerLink): WorkerFailedError {
    return new WorkerFailedError(`Worker "${this.name}" ${what}`, error === undefined ? undefined : { cause: error });
  }
}

function isStopReason(reason: unknown): reason is StopReason {
  return typeof (reason as Partial<StopReason> | null | undefined)?.kind === 'string'; // as: an abort's reason may be anything
}
