import { FAILED, signalStatus } from './exit-status.ts';
import { ForcedEnd } from './forced-end.ts';
import type { HostHolders, ProcessHost } from './process-host.ts';

/** The maximum number of runs that are named: a process may run reactors without end. */
const NAMED_RUNS = 10;

/** How one run ended, for the end of the process. Two copies of the package meet here: what is in it stays. */
export interface Ended {
  /** Undefined leaves the exit status alone. */
  readonly status: number | undefined;
  /** The true signal to end with, where the program wants that. */
  readonly signal: string | undefined;
  /** Milliseconds after which a process that something still holds is ended; `Infinity` never, undefined: no say in it. */
  readonly forceAfter: number | undefined;
  /** Until when output that is still being read holds that back. */
  readonly outputUntil: number;
  /** The end of the process is wanted, not only that of the run. */
  readonly isEndWanted: boolean;
  /** What we hold of the process is let go: not after a crash. */
  readonly isOver: boolean;
  /** What the run has left behind, in words; `''` for nothing. */
  readonly leftBehind: string;
  /** Prints a line. */
  say(line: string): void;
}

/** What the runs of a process leave for its end (N6, N11): the worst status, the true signal, the latest time to force it. */
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
  #isOver = false;
  /** What we have set the exit status to; any other is the program's own. */
  #ownStatus: number | undefined;
  #forced: ForcedEnd | undefined;

  constructor(host: ProcessHost) {
    this.#host = host;
    this.holders = host.platform.holders();
  }

  /** The program goes on with a first run: what an earlier one wanted is over. */
  goOn(): void {
    this.#forceAfter = undefined;
    this.#isEndWanted = false;
  }

  /** A run begins: the process is not ended while it lasts. */
  hold(): void {
    this.#forced?.cancel();
    this.#forced = undefined;
  }

  /** Something failed that no result tells of: whatever becomes of the run, this is no success. Sets the status, unless `later`. */
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

  add({ status, signal, forceAfter, outputUntil, isEndWanted, isOver, leftBehind }: Ended): void {
    const { process } = this.#host;
    this.#signal ??= signal;
    if (forceAfter !== undefined) this.#forceAfter = Math.max(this.#forceAfter ?? 0, forceAfter);
    this.#outputUntil = Math.max(this.#outputUntil, outputUntil);
    this.#isEndWanted ||= isEndWanted;
    this.#isOver ||= isOver;
    if (leftBehind !== '' && this.#leftBehind.push(leftBehind) > NAMED_RUNS) this.#leftBehind.shift();
    if (status === undefined) return;
    this.#status = Math.max(this.#status, status);
    // What the program has set stands after a clean stop.
    if (this.#status > 0 || process.exitCode === undefined) this.#setStatus();
  }

  /** No run is left; the last one's `say` has the word. Said again when more is known. */
  begin(say: Ended['say']): void {
    this.hold();
    if (this.#signal !== undefined && !this.#hasListener) this.#endBySignal();
    if (this.#isOver) this.#host.platform.leaveParent(this.#isEndWanted);
    if (this.#forceAfter === undefined || this.#forceAfter === Infinity) return;
    const at = this.#host.now() + this.#forceAfter; // from the last run on, whichever wanted it
    this.#forced = new ForcedEnd(this.#host, { at, outputUntil: this.#outputUntil }, (isOutputLost) => {
      const holders = this.holders.describe() || 'this runtime does not say what';
      const left = this.#leftBehind.length === 0 ? '' : ` (left behind: ${this.#leftBehind.join(', ')})`;
      const lost = isOutputLost ? ', and output that nobody reads is lost' : '';
      say(`the run has ended, but something still holds the process: ${holders}${left}; ending it${lost}`);
    });
  }

  /**
   * In an `exit` listener, so that nothing that is still to be written is cut. A listener that somebody left behind would swallow the signal;
   * as PID 1 it has no effect, and the status stands (N11).
   */
  #endBySignal(): void {
    const { process, platform } = this.#host;
    this.#hasListener = true;
    process.on('exit', (status) => {
      // Not after an error that nobody caught since, nor a status that the program gives.
      if (status !== 0 || this.#status > 0 || this.#signal === undefined) return;
      process.exitCode = signalStatus(this.#host, this.#signal);
      platform.endBySignal(this.#signal);
    });
  }
}
