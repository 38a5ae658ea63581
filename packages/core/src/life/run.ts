import type { ErrorSource } from '../ground/error-source.ts';
import type { WaitMode } from '../events/fired-event.ts';
import type { ContextRunner } from '../events/firing-deps.ts';
import type { FiringReport } from '../events/firing-report.ts';
import { dispose, type StopReason } from '../ground/host.ts';
import type { RunResult } from './run-result.ts';
import type { ReactorState } from './state.ts';

/** One run of a reactor: what was requested, what has happened so far, and the host resources to release at its end. */
export class Run {
  // ── Requested ──

  /** Why the run ends. Set when stopping begins, or when the run ends by a crash. */
  reason: StopReason | undefined;
  /** When stopping began, on the reactor's clock. The shutdown deadline counts from here (C29). */
  stoppedAt: number | undefined;
  waitMode: WaitMode = 'wait';
  /** The reason of the escalation, if `waitMode` isn't `wait`. Signals abort with it. */
  escalationReason: StopReason | undefined;
  /** One object for each delay of the start that the host has asked for (B8). With `stopWaits`, a stop that comes meanwhile waits too (N7). */
  readonly holds: Set<{ readonly stopWaits: boolean }> = new Set();
  /** Set by `crash()`: the run ends without a shutdown (C31). */
  crash: StopReason | undefined;
  /** Where the error that failed the start comes from. `run()` rejects then, unless the run crashes (C26). */
  failedIn: ErrorSource | undefined;
  /** The errors given to `fail()`, and those of services that failed while the reactor ran (C60, C64). */
  readonly failures: Set<unknown> = new Set();

  // ── Happened so far ──

  /** Calls a function in the async context of `run()` (N3). */
  readonly inContext: ContextRunner;

  /** `attaching`: in `run()`, before the hooks have returned. `ending`: its firings are being abandoned and the host is being released. */
  stage: 'attaching' | 'attached' | 'ending' | 'over' = 'attaching';
  startup: FiringReport | undefined;
  shutdown: FiringReport | undefined;
  /** Startup was over before a stop began. */
  isUp = false;
  /** All calls that were queued or due when stopping began have run (C28). */
  isMarkPassed = false;
  /** From the first `during startup` trigger to the last `before shutdown` one (C24). */
  isRunning = false;
  /** The time limit of a start that is being stopped (C29). */
  startLimit: Disposable | undefined;

  readonly promise: Promise<RunResult>;
  readonly startupReport: Promise<FiringReport>;
  readonly #advance: (run: Run) => void;
  readonly #resources: Disposable[] = [];
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

  /** It has not begun to end: the host may still request something. */
  get isAlive(): boolean {
    return this.stage === 'attaching' || this.stage === 'attached';
  }

  /** It may go on: `run()` has attached the host, and the end has not begun. A method, since the answer changes inside `advance()`. */
  isAttached(): boolean {
    return this.stage === 'attached';
  }

  /** Call it after a change of a field: does the next step of the run, if one is due. */
  advance(): void {
    this.#advance(this);
  }

  /** Whether startup can be fired. After a stop it is fired too, without running a phase, to make its report. */
  get mayStart(): boolean {
    if (this.holds.size === 0 || this.waitMode !== 'wait') return true;
    return this.reason !== undefined && ![...this.holds].some(({ stopWaits }) => stopWaits);
  }

  /** Whether this event is over in this run. `false` after a crash: what is registered then is for the next run. */
  hasPassed(event: 'startup' | 'shutdown'): boolean {
    return this.crash === undefined && this[event] !== undefined;
  }

  /** Makes phases wait less: `none` is never changed back to `grace`. */
  limitWait(waitMode: 'grace' | 'none', reason: StopReason): void {
    if (this.waitMode !== 'none') this.waitMode = waitMode;
    this.escalationReason = reason;
  }

  startupOver(report: FiringReport): void {
    this.startup = report;
    this.isUp = this.reason === undefined;
    this.startLimit?.[dispose]();
    this.#resolveStartup(report);
  }

  /** Keeps a resource of the host until the run is over. Throws `TypeError` if it isn't a `Disposable`. */
  keepResource(hook: string, resource: Disposable | undefined): void {
    if (resource === undefined) return;
    if (typeof (resource as Partial<Disposable> | null)?.[dispose] !== 'function')
      throw new TypeError(`${hook}() returned no Disposable: return { [Symbol.dispose]() {} }, or nothing`);
    this.#resources.push(resource);
  }

  /** Disposes all resources, the last one first. `failed` is called for each that throws. */
  release(failed: (error: unknown) => void): void {
    for (let resource = this.#resources.pop(); resource !== undefined; resource = this.#resources.pop()) {
      try {
        resource[dispose]();
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
