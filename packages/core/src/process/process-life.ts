import { StartupFailedError, type PendingItem, type RunResult, type StopReason } from '@triphase/core';
import { wantsEnd } from './end-wanted.ts';
import { endedRun } from './ended-run.ts';
import { signalStatus } from './exit-status.ts';
import { describeWaiting } from './pending-lines.ts';
import type { Ended } from './process-end.ts';
import type { ProcessHost } from './process-host.ts';
import type { ProcessLifeOptions, ReactorHandle } from './reactor-handle.ts';
import { RunOutput } from './run-output.ts';
import { signalOwner, type SignalMember, type SignalOwner } from './signal-owner.ts';
import { StdinEnd } from './stdin-end.ts';
import { describeUnusedServers } from './unused-servers.ts';

/** One run of a reactor, seen from its process: what stops, escalates, reloads or cuts it from outside (N4–N11). */
export class ProcessLife implements SignalMember {
  /** Those that stop it; `[]` for none. */
  readonly signals: readonly string[];
  /** Whether it listens for uncaught exceptions and unhandled rejections. */
  readonly uncaught: boolean;
  /** It stops when the channel to its parent closes. */
  readonly disconnect: boolean;
  readonly #host: ProcessHost;
  readonly #owner: SignalOwner;
  readonly #options: ProcessLifeOptions;
  readonly #reactor: ReactorHandle;
  readonly #output: RunOutput;
  /**
   * Whether the process has a terminal. Asked when the run begins: a terminal that closes sends SIGHUP, and can't be found any more when
   * that comes.
   */
  #hasTerminal = false;
  /** When stopping began. */
  #stoppedAt: number | undefined;
  /** The first reason to stop that came from outside the program, even if the program was stopping already. */
  #outside: StopReason | undefined;
  /** The exit status of the signal that escalated the stop. */
  #escalated: number | undefined;
  /** `setup`, if it was still pending when the start was over: a limit, a later signal or the program itself has cut it. */
  #cutSetup: PendingItem | undefined;
  /** Something from outside wants the process to end, not only the run. */
  #isEndWanted = false;

  constructor(host: ProcessHost, options: ProcessLifeOptions, reactor: ReactorHandle) {
    const { signals, uncaught, disconnect } = options;
    this.#host = host;
    this.#options = options;
    this.#reactor = reactor;
    this.#owner = signalOwner(host);
    this.#output = new RunOutput(host, this.#owner, reactor);
    this.signals = signals === false ? [] : signals;
    this.uncaught = this.#ownsProcess && uncaught !== false;
    this.disconnect = this.#ownsProcess && disconnect !== false;
  }

  /** The run begins: listens to the process, until it is disposed. Throws what the host throws for a signal that it refuses. */
  attach(): Disposable {
    const { control, signal, program, startupReport } = this.#reactor;
    const { process, platform } = this.#host;
    const onStop = (): void => {
      this.#onStop();
    };
    const onStall = (): void => program?.stalled?.();
    let stdin: StdinEnd | undefined;
    const attached = {
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', onStop);
        process.off('beforeExit', onStall);
        stdin?.end();
        this.#output.endPending();
        this.#owner.release(this);
      },
    };
    try {
      this.#owner.adopt(this);
      signal.addEventListener('abort', onStop);
      this.#hasTerminal = this.signals.includes('SIGHUP') && platform.hasTerminal();
      if (program?.keepsAlive === false) {
        process.on('beforeExit', onStall);
        // Our own listeners for the parent's messages must not keep the process alive either.
        if (process.listenerCount('message') <= 1) process.channel?.unref();
      }
      if (this.#options.stdin === true) stdin = this.#watchStdin();
      void startupReport?.then(() => {
        [this.#cutSetup] = program?.waiting() ?? [];
        if (this.#stoppedAt === undefined) this.#started();
        stdin?.begin();
      });
      program?.attach(control, this);
      // The channel closed before anybody listened: the parent was gone by then (N25).
      const { connected, send } = process;
      if (this.disconnect && send !== undefined && connected === false) this.stop({ kind: 'disconnect' });
    } catch (error) {
      attached[Symbol.dispose]();
      throw error;
    }
    return attached;
  }

  /**
   * Makes the handler for a write of this run that fails after the run. Without `onError`, the handler doesn't keep the reactor in memory.
   */
  lateWriteHandler(): (error: unknown, stream: string) => void {
    return this.#output.lateWriteHandler(this.#setsStatus);
  }

  /** Milliseconds since stopping began; 0 before. */
  sinceStop(): number {
    return this.#stoppedAt === undefined ? 0 : this.#host.now() - this.#stoppedAt;
  }

  /** `run()` has begun: says what a start waits for, and sets the exit status as soon as the run is over (N9, N11). */
  follow(over: Promise<RunResult>): void {
    const { pending, state } = this.#reactor;
    // A start does not wait for work in flight.
    const pendingOfStart = (): readonly PendingItem[] => pending().filter(({ kind }) => kind !== 'work');
    if (state() === 'starting') this.#output.sayPending('still starting', 0, pendingOfStart);
    void over.then(
      (result) => {
        this.#owner.ended(this.#ended(result));
      },
      (error: unknown) => {
        if (error instanceof StartupFailedError) this.#owner.ended(this.#ended(error.result));
      },
    );
  }

  /** The reactor stops, for a reason from outside. */
  stop(reason: StopReason): void {
    const { control, program } = this.#reactor;
    this.#isEndWanted ||= wantsEnd(reason.kind, this.#host.platform.isWatched);
    if (reason.signal !== undefined) program?.onSignal?.(reason.signal);
    this.#outside ??= reason;
    control.stop(reason);
  }

  /** Whether a stop with this reason has come from outside, not from the program itself. */
  isFromOutside(reason: StopReason): boolean {
    return reason === this.#outside;
  }

  /** Prints what it cuts, then escalates. It prints only once: a worker may get the same signal directly and from its primary. */
  escalate(signal: string, why = `${signal} again`): void {
    const { control, pending } = this.#reactor;
    if (this.#escalated === undefined)
      this.say(`${why}: not waiting any longer for ${describeWaiting(pending()) || 'anything'}`);
    this.#escalated = signalStatus(this.#host, signal);
    control.escalate({ kind: 'signal', signal });
  }

  /**
   * Takes SIGHUP as a request to reload, and returns `true`. Returns `false` for other signals, if nothing listens for `reload`, and if the
   * process has a terminal: then SIGHUP says that it closes (N20).
   */
  reload(signal: string): boolean {
    const { control, state, reload } = this.#reactor;
    if (signal !== 'SIGHUP' || !control.hasTriggers('reload') || this.#hasTerminal) return false;
    if (state() === 'running' || state() === 'starting') reload({ signal });
    return true;
  }

  /** The process exits: prints what that cuts (N22). Returns `true` if it cuts something and the run sets the exit status. */
  cut(): boolean {
    const { pending, program, state } = this.#reactor;
    const isStopping = state() === 'stopping';
    if (!isStopping && program?.isService !== true) return false;
    const cut = describeWaiting(pending());
    const what = isStopping || cut !== '' ? `cut: ${cut || 'the rest of the stop'}` : 'its shutdown is not run';
    this.say(
      `the process exits while the reactor is ${state()}; ${what}. Wait for stop() first: process.exit() and uncaught errors cut the shutdown short`,
    );
    return this.#options.exitCode !== false;
  }

  /**
   * Something has failed that is not in the result (N24): the process ends with `status`, or with a higher one. Returns `false` if this run
   * doesn't set the exit status.
   */
  failed(status?: number): boolean {
    if (this.#setsStatus) this.#owner.failed(status);
    return this.#setsStatus;
  }

  /** Reports an error that has no caller to go to, such as an uncaught one (C48). */
  report(error: unknown, origin: string): void {
    this.#output.report(error, origin);
  }

  /** Whether the error may come from stdout or stderr, since nobody reads it any more (N23). */
  isOutputError(error: unknown): boolean {
    return this.#output.isOutputError(error);
  }

  /** Prints a line by the logger. */
  say(line: string, level: 'warn' | 'error' = 'warn'): void {
    this.#output.say(line, level);
  }

  /** Whether this run decides how the process ends: only if it listens for signals (N11). */
  get #ownsProcess(): boolean {
    return this.signals.length > 0;
  }

  /** Whether this run sets the exit status. */
  get #setsStatus(): boolean {
    return this.#ownsProcess && this.#options.exitCode !== false;
  }

  #started(): void {
    this.#output.endPending();
    if (this.#ownsProcess) for (const line of describeUnusedServers()) this.say(line);
  }

  #onStop(): void {
    const { leadTime, pending, signal } = this.#reactor;
    if ((signal.reason as StopReason).kind === 'crash') return; // as: the signal of a reactor aborts with nothing else
    this.#stoppedAt = this.#host.now();
    this.#output.sayPending('still waiting for', leadTime(), pending);
  }

  #watchStdin(): StdinEnd {
    return new StdinEnd(this.#host, () => {
      this.stop({ kind: 'stdin-end' });
    });
  }

  #ended(result: RunResult): Ended {
    return endedRun(result, {
      host: this.#host,
      owner: this.#owner,
      options: this.#options,
      reactor: this.#reactor,
      output: this.#output,
      ownsProcess: this.#ownsProcess,
      stoppedAt: this.#stoppedAt,
      escalated: this.#escalated,
      cutSetup: this.#cutSetup,
      isEndWanted: this.#isEndWanted,
    });
  }
}
