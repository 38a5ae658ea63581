import type { StopReason } from '@triphase/core';
import type { Worker } from 'node:worker_threads';
import { LONGEST_TIMEOUT } from '@triphase/core/process';
import { builtin } from '../builtin.ts';
import { textOf } from './text-of.ts';
import { WorkerChannel, type FromWorker, type ReactorEnd, type ToWorker } from './worker-channel.ts';

/** A reactor that starts or stops and has said nothing for this long: its thread may be blocked. Milliseconds. */
const SILENT_MS = 1_000;

interface Waiter {
  readonly isMet: () => boolean;
  readonly resolve: () => void;
}

/** One worker as the main thread sees it: its reactors, its errors, its end (N30). */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #channel: WorkerChannel<ToWorker, FromWorker>;
  readonly #changed: () => void;
  /** The last that each of its reactors has said. */
  readonly #reactors: Map<number, FromWorker> = new Map();
  readonly #waiters: Set<Waiter> = new Set();
  #stopReason: StopReason | undefined;
  #error: { readonly value: unknown } | undefined;
  #exitStatus: number | undefined;
  #terminated = false;
  /** It had ended before anybody could listen. */
  #wasGone = false;
  /** When it was last heard or asked. */
  #lastContact = performance.now();

  /** `changed` is called after each thing that happens to the worker. */
  constructor(worker: Worker, changed: () => void) {
    this.#worker = worker;
    this.#changed = changed;
    this.#channel = new WorkerChannel(worker.threadId, 'main', (message) => {
      this.#hear(message);
    });
    worker.on('error', (value: unknown) => {
      this.#error ??= { value };
      this.#change();
    });
    worker.on('exit', (status) => {
      // What the worker posted before its end may come after this event, in the same turn of the loop.
      builtin('timers').setImmediate(() => {
        this.#exitStatus = status;
        this.#channel.close();
        this.#change();
      });
    });
    if (worker.threadId >= 0) {
      this.#post({ to: 'worker', type: 'hello' });
      return;
    }
    this.#wasGone = true;
    this.#exitStatus = 0; // nobody knows which
    this.#channel.close();
  }

  get hasExited(): boolean {
    return this.#exitStatus !== undefined;
  }

  /** A reactor has been seen in it. */
  get hasReactor(): boolean {
    return this.#reactors.size > 0;
  }

  /** It has a reactor, and each has started, or its run is over. */
  get isUp(): boolean {
    return (
      this.hasReactor && [...this.#reactors.values()].every(({ hasStarted, end }) => hasStarted || end !== undefined)
    );
  }

  /** It has had a reactor, and the run of each is over. */
  get isOver(): boolean {
    return this.hasReactor && [...this.#reactors.values()].every(({ end }) => end !== undefined);
  }

  /** The runs of all its reactors are over because their `main` has ended. */
  get isDone(): boolean {
    return this.isOver && [...this.#reactors.values()].every(({ end }) => end?.kind === 'main-ended');
  }

  get error(): unknown {
    return this.#error?.value;
  }

  /** What has gone wrong in it, in words that follow its name; undefined where nothing has. */
  get failure(): string | undefined {
    if (this.#error !== undefined) return `failed: ${textOf(this.#error.value)}`;
    for (const { end } of this.#reactors.values()) {
      if (end === undefined || this.#isExpected(end.status)) continue;
      return `${verbOf(end)}${end.problems.length > 0 ? `: ${end.problems.join('; ')}` : ''}`;
    }
    const status = this.#exitStatus;
    if (status === undefined || this.#terminated) return undefined;
    if (this.#wasGone) return 'had ended before it was bridged';
    if (!this.hasReactor) return `ended with status ${String(status)}, and no reactor ran in it`;
    if (!this.isOver) return `ended with status ${String(status)} before the run of its reactor was over`;
    return this.#isExpected(status) ? undefined : `ended with status ${String(status)}`;
  }

  /** What it is doing, in a few words. */
  get status(): string {
    if (this.#exitStatus !== undefined) return `ended with status ${String(this.#exitStatus)}`;
    if (!this.hasReactor) return 'no reactor runs in it yet';
    const busy = [...this.#reactors.values()].filter(({ end, state }) => end === undefined && state !== 'running');
    // Whether it is expected to tell of itself now.
    const owesAnswer = busy.length > 0 || (this.#stopReason !== undefined && !this.isOver);
    const words = busy.map(({ state, pending }) => (pending === '' ? state : pending));
    const silence = performance.now() - this.#lastContact;
    if (owesAnswer && silence > SILENT_MS) words.push(`no answer for ${(silence / 1_000).toFixed(1)} s`);
    if (words.length > 0) return words.join(', ');
    return this.isOver ? 'its run is over, its thread still there' : 'running';
  }

  /** Resolves once `isMet` returns `true`; it is asked after each thing that happens to the worker. */
  until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.add({ isMet, resolve });
      this.look();
    });
  }

  /** As {@link WorkerLink.until}, for `ms` milliseconds at most. Resolves with the last answer of `isMet`. */
  async within(ms: number, isMet: () => boolean): Promise<boolean> {
    let isLate = false;
    const timer = after(ms, () => {
      isLate = true;
      this.look();
    });
    await this.until(() => isLate || isMet());
    builtin('timers').clearTimeout(timer);
    return isMet();
  }

  /** Asks again whether what is waited for has come. */
  look(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isMet()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Stops each reactor in it, also one that has not begun to run. */
  stop(reason: StopReason): void {
    this.#stopReason = inWorker(reason);
    this.#post({ to: 'worker', type: 'stop', reason: this.#stopReason });
  }

  escalate(reason: StopReason): void {
    this.#post({ to: 'worker', type: 'escalate', reason: inWorker(reason) });
  }

  /** Ends the thread, also one that is blocked. */
  terminate(): void {
    if (this.hasExited) return;
    this.#terminated = true;
    this.#worker.terminate().catch(() => undefined); // it has gone
  }

  #change(): void {
    this.look();
    this.#changed();
  }

  #hear(message: FromWorker): void {
    this.#lastContact = performance.now();
    const isNew = !this.#reactors.has(message.reactor);
    this.#reactors.set(message.reactor, message);
    if (isNew && message.end === undefined) {
      const reason = this.#stopReason;
      this.#post(reason === undefined ? { to: 'worker', type: 'hello' } : { to: 'worker', type: 'stop', reason });
    }
    this.#change();
  }

  #post(message: ToWorker): void {
    this.#lastContact = performance.now();
    if (this.hasExited) return;
    try {
      this.#channel.post(message);
    } catch {
      // The cause of the reason cannot be copied to another thread.
      if (message.type !== 'hello') this.#channel.post({ ...message, reason: withoutCause(message.reason) });
    }
  }

  /** Status 128 + n is no failure where signal n was passed on: it says only that the signal came. */
  #isExpected(status: number): boolean {
    const signal = this.#stopReason?.signal;
    return status === 0 || (signal !== undefined && status === 128 + numberOf(signal));
  }
}

/** What a reactor did whose run ended badly. */
function verbOf({ kind, status }: ReactorEnd): string {
  if (kind === 'startup-failed') return 'failed to start';
  if (kind === 'uncaught') return 'stopped after an error that nobody caught';
  return `ended its run with status ${String(status)}`;
}

/** A signal is passed on as it is. Any other reason becomes a cause: its kind, `uncaught` say, would count as a failure of the worker. */
function inWorker(reason: StopReason): StopReason {
  return reason.kind === 'signal' ? reason : { kind: 'main-stopped', cause: reason };
}

function withoutCause({ kind, signal, cause }: StopReason): StopReason {
  if (signal !== undefined) return { kind, signal };
  const { kind: mainKind = 'unknown' } = (cause ?? {}) as Partial<StopReason>; // as: see inWorker
  return { kind, cause: { kind: mainKind } };
}

/** A timer of Node, also where the host is fake: the thread is real. */
function after(ms: number, fn: () => void): NodeJS.Timeout | undefined {
  return ms === Infinity ? undefined : builtin('timers').setTimeout(fn, Math.min(ms, LONGEST_TIMEOUT));
}

function numberOf(signal: string): number {
  const numbers: Readonly<Record<string, number | undefined>> = builtin('os').constants.signals;
  return numbers[signal] ?? 0;
}
