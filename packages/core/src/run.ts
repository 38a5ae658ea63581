import type { ErrorSource } from './error-source.ts';
import type { FiringReport } from './firing-report.ts';
import { dispose, type StopReason } from './host.ts';
import type { RunResult } from './run-result.ts';

/** One run of a reactor, from `run()` to its end: what it holds of the host, why it stops, and the promise everybody waits for. */
export class Run {
  readonly promise: Promise<RunResult>;
  /** Why it stops; set as soon as stopping begins. */
  reason: StopReason | undefined;
  /** When stopping began, on the reactor's clock: the shutdown deadline counts from here (C29). */
  stoppedAt = 0;
  /** A trigger or service failed that the start cannot do without: the run ends in an error, unless it is crashed (C26). */
  startFailed = false;
  /** Which of them it was; another one is the host. */
  failedIn: ErrorSource = { kind: 'host', name: 'setup' };
  /** Escalated before shutdown was fired: it is fired as soon as the start is over, and none of its phases waits (C32). */
  escalated = false;
  /** As `escalated`, but with a grace: the host goes away (C32). */
  terminal = false;
  /** Turns are wanted, and startup has not been fired. */
  isReady = false;
  /** The host lets startup wait (B8). */
  isHeld = false;
  /** A stop waits too for the host to let go (N7). */
  stopWaits = false;
  readonly startupReport: Promise<FiringReport>;
  startup: FiringReport | undefined;
  shutdown: FiringReport | undefined;
  /** Bounds a start that is being stopped (C29). */
  startLimit: Disposable | undefined;
  readonly #held: Disposable[] = [];
  #resolve: (result: RunResult) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #startupOver: (report: FiringReport) => void = () => undefined;

  constructor() {
    this.startupReport = new Promise((resolve) => {
      this.#startupOver = resolve;
    });
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Something to give back when the run is over. */
  hold(held: Disposable | undefined): void {
    if (held !== undefined) this.#held.push(held);
  }

  /** Gives all of it back, the last first; what fails is told, and the rest goes on. */
  release(failed: (error: unknown) => void): void {
    for (let held = this.#held.pop(); held !== undefined; held = this.#held.pop()) {
      try {
        held[dispose]();
      } catch (error) {
        failed(error);
      }
    }
  }

  startupOver(report: FiringReport): void {
    this.startup = report;
    this.startLimit?.[dispose]();
    this.#startupOver(report);
  }

  end(result: RunResult, error?: Error): void {
    if (error === undefined) this.#resolve(result);
    else this.#reject(error);
  }
}
