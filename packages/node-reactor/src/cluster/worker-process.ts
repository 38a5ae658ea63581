import type { StopReason } from '@triphase/core';
import cluster, { type Worker } from 'node:cluster';
import { constants } from 'node:os';
import { HandedConnections } from './handed-connections.ts';
import { PRIMARY_PID, type FromPrimary, type FromWorker } from './messages.ts';
import { WorkerStderr } from './worker-stderr.ts';

/** How long a worker may take to tell how many requests it has got. Milliseconds. */
const ANSWER_MS = 500;

/** How a worker has ended. */
export interface WorkerEnd {
  /** 128 and the number of the signal, if that has ended it. */
  readonly status: number;
  /** Such as `ended with status 1`, or `was killed by SIGKILL`. */
  readonly text: string;
  /** Status 0, or the SIGTERM that it was told to stop by before it had a reactor. */
  readonly isClean: boolean;
}

/** What a worker process runs. */
export interface WorkerProgram {
  readonly main: string;
  readonly args: readonly string[];
}

/**
 * One process of a worker: when it is ready, and how it ends.
 *
 * stdout is the primary's own, so that what is printed there costs the primary nothing; stderr goes through the primary, which keeps the
 * last lines.
 */
export class WorkerProcess {
  readonly pid: number;
  /** Resolves when a reactor of the worker has started, and none of them is starting (H2). Never rejects. */
  readonly ready: Promise<void>;
  readonly ended: Promise<WorkerEnd>;
  /** How many triggers of its startup have failed. */
  startErrors = 0;
  /** The signal that has stopped one of its reactors and was sent to the worker itself, not by the primary. */
  stoppedBy: string | undefined;
  /** Whether a reactor has ever told of itself. */
  hasReactor = false;
  /** It listens, or did. */
  hasListened = false;
  /** It listens on a descriptor that the primary has got from who started it: `fd: 'systemd'`. */
  usesPassedSocket = false;
  /** How many listeners it has closed. */
  closed = 0;
  readonly #onClosed: () => void;
  readonly #worker: Worker;
  readonly #stderr: WorkerStderr;
  #isToldBySignal = false;
  #starting = 0;
  #hasStarted = false;
  #resolveReady: () => void = () => undefined;
  #isOver = false;
  #requests = 0;
  /** What `requests` waits for. */
  #answer: Promise<void> | undefined;
  #answerLimit: NodeJS.Timeout | undefined;
  #resolveAnswer: () => void = () => undefined;

  /** `onClosed` is called when it has closed a listener. */
  constructor({ main, args }: WorkerProgram, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    cluster.setupPrimary({ exec: main, args: [...args], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#worker = cluster.fork({ [PRIMARY_PID]: String(process.pid) });
    this.pid = this.#worker.process.pid ?? 0;
    HandedConnections.follow(this.#worker.process);
    this.#worker.on('message', (message: FromWorker | null) => {
      this.#hear(message);
    });
    this.#worker.on('listening', ({ fd }: { readonly fd?: number | null }) => {
      this.hasListened = true;
      this.usesPassedSocket ||= (fd ?? -1) >= 0;
    });
    this.#worker.on('error', () => undefined); // a message that could not be sent: the worker has gone
    this.#stderr = new WorkerStderr(this.#worker.process.stderr);
    this.ended = this.#end();
  }

  /** What it has written to stderr last. */
  get lines(): readonly string[] {
    return this.#stderr.lines;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** It has begun to listen, has closed no listener, and has not ended. */
  get isListening(): boolean {
    return !this.#isOver && this.hasListened && this.closed === 0;
  }

  /** Tells it to stop; SIGTERM where no reactor can hear it. */
  stop(reason: StopReason): void {
    if (this.hasReactor) this.#tell({ triphase: 'stop', reason });
    else {
      this.#isToldBySignal = true;
      this.signal('SIGTERM');
    }
  }

  /** Tells it not to wait any longer; `signal`: the one that the primary has got, if that is why. */
  escalate(signal: string | undefined): void {
    this.#tell({ triphase: 'escalate', signal });
  }

  /** Tells it that it may end the connections of its first `closed` listeners, counted in the order in which it has closed them. */
  letGo(closed: number): void {
    this.#tell({ triphase: 'closed', closed });
  }

  /** Not by `worker.kill()`, which closes the channel first (H12). */
  signal(signal: NodeJS.Signals): void {
    if (this.#isOver || this.pid === 0) return;
    try {
      process.kill(this.pid, signal);
    } catch {
      // It has ended, and nobody has heard of it yet.
    }
  }

  /** How many requests its servers have got; the last number known, if it doesn't answer soon. */
  async requests(): Promise<number> {
    if (this.#isOver || !this.hasReactor) return this.#requests;
    this.#answer ??= this.#ask();
    await this.#answer;
    return this.#requests;
  }

  #ask(): Promise<void> {
    this.#answerLimit = setTimeout(() => {
      this.#answered();
    }, ANSWER_MS);
    this.#tell({ triphase: 'count' });
    return new Promise((resolve) => {
      this.#resolveAnswer = resolve;
    });
  }

  #answered(): void {
    clearTimeout(this.#answerLimit);
    this.#answer = undefined;
    this.#resolveAnswer();
  }

  #tell(message: FromPrimary): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => undefined);
  }

  #hear(message: FromWorker | null): void {
    switch (message?.triphase) {
      case 'starting':
        this.hasReactor = true;
        this.#starting++;
        break;
      case 'stopping':
        this.stoppedBy ??= message.signal;
        break;
      case 'started':
        this.startErrors += message.errors;
        this.#hasStarted = true;
        this.#startIsOver();
        break;
      case 'over':
        this.#startIsOver();
        break;
      case 'requests':
        this.#requests = numberOr(message.requests, this.#requests);
        this.#answered();
        break;
      case 'closed':
        this.closed = numberOr(message.closed, this.closed);
        this.#onClosed();
    }
  }

  /** The start of one of its reactors is over. */
  #startIsOver(): void {
    this.#starting--;
    if (this.#starting === 0 && this.#hasStarted) this.#resolveReady();
  }

  /** Resolves when the process has ended and its stderr is read. */
  #end(): Promise<WorkerEnd> {
    const { process: child } = this.#worker;
    return new Promise((resolve) => {
      const over = (end: WorkerEnd): void => {
        this.#isOver = true;
        void this.#stderr.untilRead().then(() => {
          resolve(end);
        });
      };
      child.once('exit', (code, signal) => {
        over(describeEnd(code, signal, this.#isToldBySignal));
      });
      child.on('error', (error) => {
        // The event also comes for a message that could not be sent, as the worker has ended: then `exit` follows.
        if (child.pid === undefined)
          over({ status: 1, text: `could not be started: ${error.message}`, isClean: false });
      });
    });
  }
}

/** The program of the worker may send messages of its own, and any of them may look like one of ours. */
function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other;
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null, isToldBySignal: boolean): WorkerEnd {
  if (signal === null) return { status: code ?? 1, text: `ended with status ${String(code)}`, isClean: code === 0 };
  const isClean = signal === 'SIGTERM' && isToldBySignal;
  return { status: 128 + constants.signals[signal], text: `was killed by ${signal}`, isClean };
}
