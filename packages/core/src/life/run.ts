import type { ErrorSource } from '../ground/error-source.ts';
import type { ContextRunner } from '../events/firing-deps.ts';
import type { FiringReport } from '../events/firing-report.ts';
import { dispose, type StopReason } from '../ground/host.ts';
import type { RunResult } from './run-result.ts';
import type { ReactorState } from './state.ts';

/** How long phases may wait: as their limits say, for some promise jobs when the host goes away, or not at all (C32). */
export type Patience = 'wait' | 'grace' | 'none';

/** One run of a reactor: what was asked of it, what has happened so far, and what it holds of the host. */
export class Run {
  // ── What was asked ──

  /** Why it stops, or that it crashes. Set once the one or the other begins. */
  reason: StopReason | undefined;
  /** When stopping began, on the reactor's clock. The shutdown deadline counts from here (C29). */
  stoppedAt: number | undefined;
  patience: Patience = 'wait';
  /** What signals abort with when the patience ends. */
  hurriedBy: StopReason | undefined;
  /** What the host holds back: nothing, the start, or a stop too that comes meanwhile (B8, N7). */
  held: 'nothing' | 'start' | 'stop' = 'nothing';
  /** Set by `crash()`: the run ends without a shutdown (C31). */
  crash: StopReason | undefined;
  /** What failed the start: the run ends in an error, unless it is crashed (C26). */
  failedIn: ErrorSource | undefined;

  // ── What is ──

  /** Calls a function in the async context of `run()` (N3). */
  readonly inContext: ContextRunner;

  /** `attaching`: `run()` is taking hold of the host. `ending`: its firings are being abandoned and the host is given back. */
  stage: 'attaching' | 'attached' | 'ending' | 'over' = 'attaching';
  startup: FiringReport | undefined;
  shutdown: FiringReport | undefined;
  /** Startup is over, and nothing had ended it early. */
  isUp = false;
  /** All that was queued and due when stopping began has run (C28). */
  isMarkPassed = false;
  /** From the first `during startup` trigger to the last `before shutdown` one (C24). */
  isRunning = false;
  /** Bounds a start that is being stopped (C29). */
  startLimit: Disposable | undefined;

  readonly promise: Promise<RunResult>;
  readonly startupReport: Promise<FiringReport>;
  readonly #advance: (run: Run) => void;
  readonly #held: Disposable[] = [];
  #resolve: (result: RunResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #resolveStartup: (report: FiringReport) => void = () => undefined;

  constructor(advance: (run: Run) => void, inContext: ContextRunner | undefined) {
    this.#advance = advance;
    this.inContext =
      inContext ??
      ((fn) => {
        fn();
      });
    this.startupReport = new Promise((resolve) => {
      this.#resolveStartup = resolve;
    });
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get state(): ReactorState {
    if (this.stage === 'over') return 'stopped';
    if (this.stoppedAt !== undefined) return 'stopping';
    return this.isUp ? 'running' : 'starting';
  }

  /** Something was asked, or has happened: goes on as far as it can. */
  advance(): void {
    this.#advance(this);
  }

  /** Whether startup may fire. A stop fires it too: without any phase, for its report. */
  get mayStart(): boolean {
    if (this.held === 'nothing' || this.patience !== 'wait') return true;
    return this.held === 'start' && this.reason !== undefined;
  }

  /** Whether this event is over in this run. What is registered after a crash is for the next run. */
  hasPassed(event: 'startup' | 'shutdown'): boolean {
    return this.crash === undefined && this[event] !== undefined;
  }

  /** Takes patience away; what is gone does not come back. */
  hurry(patience: 'grace' | 'none', reason: StopReason): void {
    if (this.patience !== 'none') this.patience = patience;
    this.hurriedBy = reason;
  }

  startupOver(report: FiringReport): void {
    this.startup = report;
    this.isUp = this.reason === undefined;
    this.startLimit?.[dispose]();
    this.#resolveStartup(report);
  }

  /** Keeps something to give back when the run is over. Throws `TypeError` for what cannot be given back. */
  hold(hook: string, held: Disposable | undefined): void {
    if (held === undefined) return;
    if (typeof (held as Partial<Disposable> | null)?.[dispose] !== 'function')
      throw new TypeError(`${hook}() returned no Disposable: return { [Symbol.dispose]() {} }, or nothing`);
    this.#held.push(held);
  }

  /** Gives all of it back, the last first. What fails is told, and the rest goes on. */
  release(failed: (error: unknown) => void): void {
    for (let held = this.#held.pop(); held !== undefined; held = this.#held.pop()) {
      try {
        held[dispose]();
      } catch (error) {
        failed(error);
      }
    }
  }

  resolve(result: RunResult): void {
    this.#resolve(result);
  }

  reject(error: unknown): void {
    this.#reject(error);
  }
}
