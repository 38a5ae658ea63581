import { builtin } from './builtin.ts';
import { FAILED, signalStatus } from './exit-status.ts';
import { ForcedEnd } from './forced-end.ts';
import { Holders } from './holders.ts';
import type { NodeHost } from './node-host.ts';

/** The maximum number of runs that are named: a process may run reactors without end. */
const NAMED_RUNS = 10;

/** How one run ended, for the end of the process. Two copies of the package meet here: what is in it stays. */
export interface Ended {
  /** Undefined leaves the exit status alone. */
  readonly status: number | undefined;
  /** The true signal to end with, where the program wants that. */
  readonly signal: string | undefined;
  /** When, on the host's clock, a process that something still holds is ended; `Infinity` never, undefined: no say in it. */
  readonly forceAt: number | undefined;
  /** Until when output that is still being read holds that back. */
  readonly outputUntil: number;
  /** A cluster worker is done; without a run it would only hold its process. */
  readonly leavesCluster: boolean;
  /** What the run has left behind, in words; `''` for nothing. */
  readonly leftBehind: string;
  /** Prints a line. */
  say(line: string): void;
}

/** What the runs of a process leave for its end (N6, N11): the worst status, the true signal, the latest time to force it. */
export class ProcessEnd {
  readonly holders: Holders;
  readonly #host: NodeHost;
  readonly #leftBehind: string[] = [];
  #status = 0;
  #signal: string | undefined;
  #hasListener = false;
  #forceAt: number | undefined;
  #outputUntil = 0;
  #leavesCluster = false;
  #forced: ForcedEnd | undefined;

  constructor(host: NodeHost) {
    this.#host = host;
    this.holders = new Holders(host.process);
  }

  /** A run begins: the process is not ended while it lasts. */
  hold(): void {
    this.#forced?.cancel();
    this.#forced = undefined;
  }

  /** Something failed that no result tells of: whatever becomes of the run, this is no success. Sets the status, unless `later`. */
  fail(status: number = FAILED, later = false): void {
    this.#status = Math.max(this.#status, status);
    if (!later) this.#host.process.exitCode = this.#status;
  }

  add({ status, signal, forceAt, outputUntil, leavesCluster, leftBehind }: Ended): void {
    const { process } = this.#host;
    this.#signal ??= signal;
    if (forceAt !== undefined) this.#forceAt = Math.max(this.#forceAt ?? 0, forceAt);
    this.#outputUntil = Math.max(this.#outputUntil, outputUntil);
    this.#leavesCluster ||= leavesCluster;
    if (leftBehind !== '' && this.#leftBehind.push(leftBehind) > NAMED_RUNS) this.#leftBehind.shift();
    if (status === undefined) return;
    this.#status = Math.max(this.#status, status);
    // What the program has set stands after a clean stop.
    if (this.#status > 0 || process.exitCode === undefined) process.exitCode = this.#status;
  }

  /** No run is left; the last one's `say` has the word. Said again when more is known. */
  begin(say: Ended['say']): void {
    this.hold();
    if (this.#signal !== undefined && !this.#hasListener) this.#endBySignal();
    if (this.#leavesCluster) this.#leaveCluster();
    const at = this.#forceAt ?? Infinity;
    if (at === Infinity) return;
    // A listener for messages of somebody else, such as PM2's own, would hold the process until the forced end. A worker of a cluster must
    // have the answer of its primary, which fails when it cannot give it.
    if (builtin('cluster').worker === undefined) this.#host.process.channel?.unref();
    this.#forced = new ForcedEnd(this.#host, { at, outputUntil: this.#outputUntil }, () => {
      const holders = this.holders.describe() || 'this runtime does not say what';
      const left = this.#leftBehind.length === 0 ? '' : ` (left behind: ${this.#leftBehind.join(', ')})`;
      say(`the run has ended, but something still holds the process: ${holders}${left}; ending it`);
    });
  }

  /** In a cluster worker the channel to the primary would hold the process (N13). The primary hears that the worker left by itself. */
  #leaveCluster(): void {
    if (this.#host.process.connected) builtin('cluster').worker?.disconnect();
  }

  /**
   * In an `exit` listener, so that nothing that is still to be written is cut. A listener that somebody left behind would swallow the signal;
   * as PID 1 it has no effect, and the status stands (N11).
   */
  #endBySignal(): void {
    const { process } = this.#host;
    this.#hasListener = true;
    process.once('exit', () => {
      if (this.#status > 0 || this.#signal === undefined) return;
      process.exitCode = signalStatus(this.#signal);
      process.removeAllListeners(this.#signal);
      process.kill(process.pid, this.#signal);
    });
  }
}
