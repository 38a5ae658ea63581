import {
  StartupFailedError,
  type HostAbortSignal,
  type HostControl,
  type Logger,
  type ProcessOptions,
  type RunResult,
  type StopReason,
  type Waiting,
} from '@triphase/core';
import { statusOf } from './exit-status.ts';
import type { NodeHost } from './node-host.ts';
import { describePending, PendingLines } from './pending-lines.ts';
import { signalOwner, type Owned, type SignalOwner } from './signal-owner.ts';
import type { Watchdog } from './watchdog.ts';

/** A process that ended is given this long to end by itself. Milliseconds. */
const NATURAL_END_MS = 1_000;

interface ProcessLifeOptions extends ProcessOptions {
  readonly uncaught?: boolean;
}

/** What the life of a process needs of the reactor that runs in it. */
interface Inside {
  readonly control: HostControl;
  readonly logger: Logger;
  /** Of the shutdown; milliseconds. */
  readonly deadline: number;
  /** Aborts when stopping begins. */
  readonly signal: HostAbortSignal;
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
    this.uncaught = signals !== false && uncaught !== false;
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
        void watchdog?.end();
      },
    };
  }

  /** Milliseconds since stopping began; 0 before. */
  sinceStop(): number {
    return this.#stoppedAt === undefined ? 0 : this.#host.now() - this.#stoppedAt;
  }

  /** Sets the exit status as soon as the run is over (N11). A crash is no end: the reactor may be run again. */
  follow(over: Promise<RunResult>): void {
    void over.then(
      (result) => {
        this.#onEnd(result);
      },
      (error: unknown) => {
        if (error instanceof StartupFailedError) this.#onEnd(error.result);
      },
    );
  }

  stop(reason: StopReason): void {
    this.#inside.control.stop(reason);
  }

  escalate(signal: string): void {
    const { control, logger, pending } = this.#inside;
    logger.warn(`${signal} again: not waiting any longer for ${describePending(pending()) || 'anything'}`);
    this.#escalatedBy = signal;
    control.escalate({ kind: 'signal', signal });
  }

  report(error: unknown, origin: string): void {
    this.#inside.logger.error(`${origin}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  #onStop(): void {
    const { logger, deadline, pending, watchdog } = this.#inside;
    this.#stoppedAt = this.#host.now();
    this.#lines = new PendingLines(this.#host, pending, (line) => {
      logger.warn(line);
    });
    if (deadline !== Infinity) watchdog?.arm(deadline);
  }

  #onEnd(result: RunResult): void {
    const { exitCode, exit, forceExit } = this.#options;
    const { reason } = result;
    if (reason.kind === 'crash' || this.signals.length === 0) return;
    const { deadline } = this.#inside;
    const untilDeadline = deadline === Infinity ? 0 : deadline - this.sinceStop();
    this.#owner.ended({
      status: exitCode === false ? undefined : statusOf(result, this.#escalatedBy),
      signal: exit === 'signal' ? reason.signal : undefined,
      forceAfter: forceExit === false ? undefined : Math.max(NATURAL_END_MS, untilDeadline),
    });
  }
}

/** N4. What nodemon sends is a wish to stop only under nodemon. */
function usualSignals({ platform, env }: NodeJS.Process): readonly string[] {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  if (platform === 'win32') signals.push('SIGBREAK');
  if (env['nodemon'] !== undefined || env['NODEMON'] !== undefined) signals.push('SIGUSR2');
  return signals;
}
