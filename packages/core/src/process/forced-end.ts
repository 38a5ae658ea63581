import type { ProcessHost } from './process-host.ts';
import { PendingOutput } from './pending-output.ts';
import { unref } from './unref.ts';

/** Milliseconds between two checks whether all output was written. */
const LOOK_MS = 50;

/** When a process is ended by force, on the host's clock. Milliseconds. */
interface ForcedTimes {
  readonly at: number;
  /** Until when output that is still being read may delay it. */
  readonly outputUntil: number;
}

/**
 * The process normally ends by itself. If something still keeps it alive after the run, this prints what that is, and ends the process with
 * the status that it has, but not while somebody reads its output (N11). The timers of this class don't keep the process alive.
 *
 * Under a watcher, such as `bun --watch`, the watcher keeps an empty process alive, and such timers never fire. There this ends the process as
 * soon as nothing else keeps it alive (D9).
 */
export class ForcedEnd {
  readonly #host: ProcessHost;
  readonly #times: ForcedTimes;
  readonly #output: PendingOutput;
  readonly #tell: (isOutputLost: boolean) => void;
  #timer: unknown;
  #wasEmpty = false;
  #isTold = false;
  #isEnded = false;

  /** `tell` prints what holds the process, and whether output that nobody takes is lost with it. */
  constructor(host: ProcessHost, times: ForcedTimes, tell: (isOutputLost: boolean) => void) {
    this.#host = host;
    this.#times = times;
    this.#output = new PendingOutput(host);
    this.#tell = tell;
    this.#lookIn(Math.max(0, times.at - host.now()));
    if (host.platform.isWatched === true) host.process.on('beforeExit', this.#onEmpty);
  }

  cancel(): void {
    this.#host.process.off('beforeExit', this.#onEmpty);
    this.#host.clearTimeout(this.#timer);
  }

  readonly #onEmpty = (): void => {
    // Somebody else may give the loop work in the same event: it is empty for good when this comes again.
    if (this.#wasEmpty) this.#end();
    else this.#host.setTimeout(() => undefined, 0);
    this.#wasEmpty = true;
  };

  #lookIn(ms: number): void {
    const look = (): void => {
      this.#look();
    };
    this.#timer = unref(this.#host.setTimeout(look, ms));
  }

  #look(): void {
    const isWaitedFor = this.#output.isRead && this.#host.now() < this.#times.outputUntil;
    if (isWaitedFor) this.#lookIn(LOOK_MS);
    else if (this.#isTold) this.#end();
    else {
      // The line that this prints is output too: it is waited for as well.
      this.#isTold = true;
      this.#tell(this.#output.size > 0);
      this.#look();
    }
  }

  #end(): void {
    const { process, platform } = this.#host;
    const { flush } = platform;
    if (flush !== undefined) {
      this.#endBy(flush);
      return;
    }
    // Output that nobody takes is lost: that is no success.
    if (this.#output.size > 0) process.exitCode ||= 1;
    process.exit(); // without an argument: the status that the process has
  }

  /** For hosts that don't report how much output is pending: waits until all is written, but not longer than `outputUntil` (D11). */
  #endBy(flush: (then: () => void) => void): void {
    const { process, setTimeout, now } = this.#host;
    const end = (): void => {
      if (!this.#isEnded) process.exit();
      this.#isEnded = true;
    };
    this.#timer = unref(setTimeout(end, Math.max(0, this.#times.outputUntil - now())));
    flush(end);
  }
}
