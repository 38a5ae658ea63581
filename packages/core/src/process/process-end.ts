import { FAILED, signalStatus } from './exit-status.ts';
import { ForcedEnd } from './forced-end.ts';
import type { HostHolders, ProcessHost } from './process-host.ts';

/** The maximum number of runs that are named: a process may run reactors without end. */
const NAMED_RUNS = 10;

/**
 * How one run ended, for the end of the process. Two copies of this package in one process share such objects, so members are never renamed
 * or removed.
 */
export interface Ended {
  /** Undefined leaves the exit status alone. */
  readonly status: number | undefined;
  /** The signal that the process sends itself to end, if the program has chosen `exit: 'signal'`. */
  readonly signal: string | undefined;
  /**
   * Milliseconds after which the process is ended by force, if something still keeps it alive. `Infinity`: never. Undefined: this run
   * doesn't ask for it.
   */
  readonly forceAfter: number | undefined;
  /** Until when output that is still being read may delay the forced end, on the host's clock. */
  readonly outputUntil: number;
  /** The end of the process is wanted, not only that of the run. */
  readonly isEndWanted: boolean;
  /** The channel to the parent may be released. `false` after a crash that cut no stop: the reactor may be run again. */
  readonly mayLeaveParent: boolean;
  /** The names of what the run abandoned, as text; `''` for nothing. */
  readonly leftBehind: string;
  /** Prints a line. */
  say(line: string): void;
}

/**
 * Collects how the runs of a process ended, and ends the process accordingly (N6, N11): with the highest status, by a signal if one was
 * asked for, and by force after the longest of the given times.
 */
export class ProcessEnd {
  readonly holders: HostHolders;
  readonly #host: ProcessHost;
  readonly #leftBehind: string[] = [];
  #status = 0;
  #signal: string | undefined;
  #hasListener = false;
  #forceAfter: number | undefined;
  #outputUntil = 0;
  #isEndWanted = false;
  #mayLeaveParent = false;
  /** What we have set the exit status to; any other is the program's own. */
  #ownStatus: number | undefined;
  #forced: ForcedEnd | undefined;

  constructor(host: ProcessHost) {
    this.#host = host;
    this.holders = host.platform.holders();
  }

  /** A run begins, and no other one is under way: the program goes on, so what earlier runs wanted for the end counts no more. */
  goOn(): void {
    this.#forceAfter = undefined;
    this.#isEndWanted = false;
  }

  /** A run begins: the process is not ended while it lasts. */
  hold(): void {
    this.#forced?.cancel();
    this.#forced = undefined;
  }

  /**
   * Something failed that is in no result: the process must not end with status 0, whatever the result is. Sets the status now, unless
   * `later`.
   */
  fail(status: number = FAILED, later = false): void {
    this.#status = Math.max(this.#status, status);
    if (!later) this.#setStatus();
  }

  /** The program has set the exit status itself. */
  get hasForeignStatus(): boolean {
    const { exitCode } = this.#host.process;
    return exitCode !== undefined && exitCode !== this.#ownStatus;
  }

  /** A true signal is to end the process. */
  get isBySignal(): boolean {
    return this.#signal !== undefined;
  }

  #setStatus(): void {
    this.#ownStatus = this.#status;
    this.#host.process.exitCode = this.#status;
  }

  add({ status, signal, forceAfter, outputUntil, isEndWanted, mayLeaveParent, leftBehind }: Ended): void {
    const { process } = this.#host;
    this.#signal ??= signal;
    if (forceAfter !== undefined) this.#forceAfter = Math.max(this.#forceAfter ?? 0, forceAfter);
    this.#outputUntil = Math.max(this.#outputUntil, outputUntil);
    this.#isEndWanted ||= isEndWanted;
    this.#mayLeaveParent ||= mayLeaveParent;
    if (leftBehind !== '' && this.#leftBehind.push(leftBehind) > NAMED_RUNS) this.#leftBehind.shift();
    if (status === undefined) return;
    this.#status = Math.max(this.#status, status);
    // After a clean stop, a status that the program has set is kept.
    if (this.#status > 0 || process.exitCode === undefined) this.#setStatus();
  }

  /** No run is left: begins the end of the process, and prints with the `say` of the last run. Called again when a later run has ended. */
  begin(say: Ended['say']): void {
    this.hold();
    if (this.#signal !== undefined && !this.#hasListener) this.#endBySignal();
    if (this.#mayLeaveParent) this.#host.platform.leaveParent(this.#isEndWanted);
    if (this.#forceAfter === undefined || this.#forceAfter === Infinity) return;
    const at = this.#host.now() + this.#forceAfter; // counted from the end of the last run, whichever run asked for it
    this.#forced = new ForcedEnd(this.#host, { at, outputUntil: this.#outputUntil }, (isOutputLost) => {
      const holders = this.holders.describe() || 'this runtime does not say what';
      const left = this.#leftBehind.length === 0 ? '' : ` (left behind: ${this.#leftBehind.join(', ')})`;
      const lost = isOutputLost ? ', and output that nobody reads is lost' : '';
      say(`the run has ended, but something still holds the process: ${holders}${left}; ending it${lost}`);
    });
  }

  /**
   * Ends the process by a signal, in an `exit` listener, so that all output is written before. If somebody still listens for the signal, or
   * the process has PID 1, the signal has no effect, and the exit status counts (N11).
   */
  #endBySignal(): void {
    const { process, platform } = this.#host;
    this.#hasListener = true;
    process.on('exit', (status) => {
      // No signal if there was an uncaught error since, or if the program has given a status.
      if (status !== 0 || this.#status > 0 || this.#signal === undefined) return;
      process.exitCode = signalStatus(this.#host, this.#signal);
      platform.endBySignal(this.#signal);
    });
  }
}
