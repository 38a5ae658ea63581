import {
  StartupFailedError,
  type HostAbortSignal,
  type HostControl,
  type Logger,
  type OnError,
  type ProcessOptions,
  type RunResult,
  type StopReason,
  type Waiting,
} from '@triphase/core';
import { builtin } from './builtin.ts';
import { statusOf } from './exit-status.ts';
import type { NodeHost } from './node-host.ts';
import { describeWaiting, PendingLines } from './pending-lines.ts';
import type { Ended } from './process-end.ts';
import { signalOwner, type Owned, type SignalOwner } from './signal-owner.ts';
import { usualSignals } from './usual-signals.ts';
import type { Watchdog } from './watchdog.ts';

/** A process whose run is over is given this long to end by itself. Milliseconds. */
const NATURAL_END_MS = 1_000;

interface ProcessLifeOptions extends ProcessOptions {
  readonly uncaught?: boolean;
}

/** What the life of a process needs of the reactor that runs in it. */
interface Inside {
  readonly control: HostControl;
  readonly logger: Logger;
  readonly onError: OnError | undefined;
  /** Of the shutdown; milliseconds. */
  readonly deadline: number;
  /** Aborts when stopping begins. */
  readonly signal: HostAbortSignal;
  /** Of the services used; milliseconds. */
  readonly leadTime: () => number;
  readonly pending: () => readonly Waiting[];
  readonly watchdog: Watchdog | undefined;
}

/** One run of a reactor, seen from its process: signals, pending lines, the watchdog, the exit status (N4–N11). */
export class ProcessLife implements Owned {
  readonly signals: readonly string[];
  readonly uncaught: boolean;
  readonly #host: NodeHost;
  readonly #owner: SignalOwner;
  readonly #options: ProcessLifeOptions;
  readonly #inside: Inside;
  #stoppedAt: number | undefined;
  #escalatedBy: string | undefined;
  #lines: PendingLines | undefined;

  constructor(host: NodeHost, options: ProcessLifeOptions, inside: Inside) {
    const { signals = usualSignals(host.process), uncaught } = options;
    this.#host = host;
    this.#options = options;
    this.#inside = inside;
    this.#owner = signalOwner(host);
    this.signals = signals === false ? [] : signals;
    this.uncaught = this.#ownsProcess && uncaught !== false;
  }

  attach(): Disposable {
    const { signal, watchdog } = this.#inside;
    const onStop = (): void => {
      this.#onStop();
    };
    this.#owner.adopt(this);
    signal.addEventListener('abort', onStop);
    return {
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', onStop);
        this.#lines?.end();
        this.#owner.release(this);
        watchdog?.end();
      },
    };
  }

  /** Milliseconds since stopping began; 0 before. */
  sinceStop(): number {
    return this.#stoppedAt === undefined ? 0 : this.#host.now() - this.#stoppedAt;
  }

  /** Sets the exit status as soon as the run is over (N11). */
  follow(over: Promise<RunResult>): void {
    void over.then(
      (result) => {
        this.#owner.ended(this.#ended(result));
      },
      (error: unknown) => {
        if (error instanceof StartupFailedError) this.#owner.ended(this.#ended(error.result));
      },
    );
  }

  stop(reason: StopReason): void {
    this.#inside.control.stop(reason);
  }

  escalate(signal: string): void {
    const { control, pending } = this.#inside;
    this.#say(`${signal} again: not waiting any longer for ${describeWaiting(pending()) || 'anything'}`);
    this.#escalatedBy = signal;
    control.escalate({ kind: 'signal', signal });
  }

  /** An error that came to the process instead of to a caller, on the one error path (C48). */
  report(error: unknown, origin: string): void {
    const { onError } = this.#inside;
    if (onError === undefined) {
      this.#say(`${origin}: ${inspected(error)}`, 'error');
      return;
    }
    try {
      onError(error, { kind: 'host', name: origin });
    } catch (thrown) {
      this.#say(`${origin}: ${inspected(error)}\nand onError threw: ${inspected(thrown)}`, 'error');
    }
  }

  /** Without a signal of its own it has no say in how the process ends (N11). */
  get #ownsProcess(): boolean {
    return this.signals.length > 0;
  }

  #onStop(): void {
    const { leadTime, pending } = this.#inside;
    this.#stoppedAt = this.#host.now();
    this.#lines = new PendingLines(this.#host, leadTime(), pending, (line) => {
      this.#say(line);
    });
  }

  #ended(result: RunResult): Ended {
    const { exitCode, exit, forceExit } = this.#options;
    const { reason, startup, shutdown } = result;
    // A crash is no end: the reactor may be run again.
    const decides = this.#ownsProcess && reason.kind !== 'crash';
    const naturalEnd = this.#host.now() + NATURAL_END_MS;
    // A second signal means: do not wait for the deadline.
    const deadline = this.#escalatedBy === undefined ? (this.#stoppedAt ?? 0) + this.#inside.deadline : 0;
    // It outlives the run: what says it must not keep the reactor.
    const { logger } = this.#inside;
    const { console } = this.#host;
    return {
      status: decides && exitCode !== false ? statusOf(result, this.#escalatedBy) : undefined,
      signal: decides && exit === 'signal' ? reason.signal : undefined,
      forceAt: decides ? (forceExit === false ? Infinity : Math.max(naturalEnd, deadline)) : undefined,
      leftBehind: describeWaiting([...startup.abandoned, ...(shutdown?.abandoned ?? [])]),
      say: (line) => {
        say(line, 'warn', logger, console);
      },
    };
  }

  #say(line: string, level: 'warn' | 'error' = 'warn'): void {
    say(line, level, this.#inside.logger, this.#host.console);
  }
}

/** A logger that is broken must neither break the stop nor lose the line. */
function say(line: string, level: 'warn' | 'error', logger: Logger, console: Logger): void {
  try {
    logger[level](line);
  } catch {
    console[level](line);
  }
}

function inspected(value: unknown): string {
  return builtin('util').inspect(value);
}
