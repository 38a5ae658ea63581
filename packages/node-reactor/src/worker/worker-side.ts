import {
  StartupFailedError,
  type FiringReport,
  type HostAbortSignal,
  type HostControl,
  type Logger,
  type ReactorState,
  type RunResult,
  type PendingItem,
} from '@triphase/core';
import { describeWaiting, statusOf } from '@triphase/core/process';
import { builtin } from '../builtin.ts';
import type { NodeHost } from '../node-host.ts';
import type { NodeReactorOptions } from '../node-reactor.ts';
import { textOf } from './text-of.ts';
import { WorkerChannel, type FromWorker, type ReactorEnd, type ToWorker } from './worker-channel.ts';

/** How often a bridged reactor says how it is while it starts or stops: who hears nothing knows that the thread is blocked. Milliseconds. */
const BEAT_MS = 250;

/** At most this many problems are told, each cut at that many characters. */
const MAX_PROBLEMS = 10;
const MAX_LENGTH = 1_000;

/** What the worker's side needs of the reactor that runs in the worker. */
interface ReactorHandle {
  readonly control: HostControl;
  /** Aborts when stopping begins. */
  readonly signal: HostAbortSignal;
  readonly state: () => ReactorState;
  readonly pending: () => readonly PendingItem[];
}

/** Whether this reactor lives in a worker thread: not the main one, and its process is no fake. */
export function isWorkerThread({ process }: NodeHost): boolean {
  return process === globalThis.process && !builtin('worker_threads').isMainThread;
}

/**
 * The options as they apply in a worker thread. A list of signals and the watchdog have no effect there, which is printed: a worker gets no
 * signals, and the watchdog would kill the whole process. `exit: 'signal'` becomes `'code'` without a line: the signal would end the whole
 * process.
 */
export function optionsInWorker(options: NodeReactorOptions, logger: Logger): NodeReactorOptions {
  const { signals, watchdog } = options;
  const hint = 'in a worker thread: call bridgeReactor(worker) on the main thread, which then stops this one';
  if (Array.isArray(signals) && signals.length > 0)
    logger.warn(`signals: ${signals.join(', ')} cannot be heard ${hint}`);
  if (watchdog) logger.warn(`watchdog: it has no effect ${hint}, and terminates it at the limit`);
  return { ...options, exit: 'code', watchdog: false };
}

/**
 * One run of a reactor in a worker thread, as the main thread hears of it (N30). The program calls nothing for it. It keeps nothing alive,
 * and in a worker that nobody bridges it only sends a few messages.
 */
export class WorkerSide {
  readonly #reactor: ReactorHandle;
  readonly #id = Math.random();
  readonly #channel: WorkerChannel<FromWorker, ToWorker>;
  #isBridged = false;
  #hasStarted = false;
  #beat: NodeJS.Timeout | undefined;

  constructor(reactor: ReactorHandle) {
    this.#reactor = reactor;
    this.#channel = new WorkerChannel(builtin('worker_threads').threadId, 'worker', (message) => {
      this.#hear(message);
    });
    reactor.signal.addEventListener('abort', () => {
      this.#tell();
    });
    this.#tell();
  }

  /** Tells when the start is over, and how the run ended. */
  follow(over: Promise<RunResult>, startup: Promise<FiringReport> | undefined): void {
    void startup?.then(() => {
      this.#hasStarted = this.#reactor.state() === 'running';
      this.#tell();
    });
    void over.then(
      (result) => {
        this.#end(result);
      },
      (error: unknown) => {
        if (error instanceof StartupFailedError) this.#end(error.result);
      },
    );
  }

  #hear(message: ToWorker): void {
    const { control } = this.#reactor;
    this.#isBridged = true;
    if (message.type === 'hello') this.#tell();
    else if (message.type === 'stop') control.stop(message.reason);
    else control.escalate(message.reason);
  }

  /** Says how it is; a bridged reactor that starts or stops goes on saying so. */
  #tell(end?: ReactorEnd): void {
    const { state, pending } = this.#reactor;
    const message: FromWorker = {
      to: 'main',
      reactor: this.#id,
      state: state(),
      hasStarted: this.#hasStarted,
      pending: describeWaiting(pending()).slice(0, MAX_LENGTH),
    };
    this.#channel.post(end === undefined ? message : { ...message, end });
    clearTimer(this.#beat);
    this.#beat = undefined;
    if (!this.#isBridged || end !== undefined || state() === 'running') return;
    this.#beat = builtin('timers').setTimeout(() => {
      this.#tell();
    }, BEAT_MS);
    this.#beat.unref();
  }

  #end(result: RunResult): void {
    this.#tell(endOf(result));
    this.#channel.close();
    // A worker whose run is over ends by itself, also when it listens to its port: nobody who bridges it sends it any more work.
    if (this.#isBridged) builtin('worker_threads').parentPort?.unref();
  }
}

function endOf(result: RunResult): ReactorEnd {
  const { reason, startup, shutdown, errors } = result;
  const isCrash = reason.kind === 'crash'; // no failure of the stop: nothing was stopped
  const abandoned = [...startup.abandoned, ...(shutdown?.abandoned ?? [])];
  const problems = errors.map(({ message }) => message);
  if (reason.kind === 'uncaught' || (reason.kind === 'startup-failed' && problems.length === 0))
    problems.unshift(textOf(reason.cause));
  if (abandoned.length > 0) problems.push(`left behind: ${describeWaiting(abandoned)}`);
  return {
    kind: reason.kind,
    status: isCrash ? 0 : statusOf(result, undefined),
    problems: problems.slice(0, MAX_PROBLEMS).map((problem) => problem.slice(0, MAX_LENGTH)),
  };
}

function clearTimer(timer: NodeJS.Timeout | undefined): void {
  if (timer !== undefined) builtin('timers').clearTimeout(timer);
}
