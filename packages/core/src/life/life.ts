import type { ReactorEnvironment } from './reactor-environment.ts';
import { ReactorStoppedError } from '../ground/errors.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import type { FiringReport } from '../events/firing-report.ts';
import { hostControl, stopOnAbort, type HostHooks, type RunRequests } from './run-control.ts';
import { HostEvents } from './host-events.ts';
import { dispose, type AbortSignalLike, type HostAbortSignal, type StopReason } from '../ground/host.ts';
import { LifeEvents } from './life-events.ts';
import { checkRunnable, checkSelfWait, notRunning } from './refusals.ts';
import { dropTimed, settle } from './run-end.ts';
import type { RunResult } from './run-result.ts';
import { RunSignal } from './run-signal.ts';
import { Run } from './run.ts';
import type { ReactorState } from './state.ts';
import type { TurnLoop } from '../turn/turn-loop.ts';

/**
 * The states of a reactor, from one run to the next (C24–C33).
 *
 *     run() ─► attach the host ─► startup ─► running ─► stop asked, mark passed ─► shutdown ─► end
 *
 * What was asked (a stop, patience, a crash, what the host holds back) and what has happened (reports, the mark) are facts of the `Run`.
 * Whoever changes a fact calls `#advance`. Nothing else moves a run on.
 */
export class Life {
  protected readonly env: ReactorEnvironment;
  protected readonly events: EventRegistry;
  protected readonly lifeEvents: LifeEvents;
  protected readonly hostEvents: HostEvents = new HostEvents();
  readonly #loop: TurnLoop;
  readonly #hooks: HostHooks;
  readonly #signal = new RunSignal();
  #run: Run | undefined;

  constructor(env: ReactorEnvironment, loop: TurnLoop, events: EventRegistry, hooks: HostHooks) {
    this.env = env;
    this.#loop = loop;
    this.events = events;
    this.#hooks = hooks;
    this.lifeEvents = new LifeEvents(env, events, {
      current: () => this.#run,
      startFailed: (run, cause, source) => {
        run.failedIn = source;
        this.#askStop(run, { kind: 'startup-failed', cause });
      },
    });
  }

  get state(): ReactorState {
    return this.#run?.state ?? 'idle';
  }

  get running(): boolean {
    return this.#run?.isRunning === true;
  }

  get signal(): HostAbortSignal {
    return this.#signal.get(this.#run?.reason);
  }

  get startupReport(): Promise<FiringReport> | undefined {
    return this.#run?.startupReport;
  }

  /** The run under way, or the one that has stopped; none when idle. */
  protected get current(): Run | undefined {
    return this.#run;
  }

  // ── What is asked ──

  run(signal: AbortSignalLike | undefined): Promise<RunResult> {
    checkRunnable(this.#run, this.lifeEvents);
    const run = new Run(this.#advance, this.env.captureContext());
    this.#run = run;
    try {
      const requests = this.#requests(run);
      const control = hostControl(run, requests, this.env, this.#loop, this.events, this.hostEvents);
      run.hold('acquireKeepAlive', this.#hooks.acquireKeepAlive());
      run.hold('attachHost', this.#hooks.attachHost(control));
      if (signal !== undefined) stopOnAbort(run, requests, signal);
      run.hold('requestTurn', {
        [dispose]: () => {
          this.#loop.end();
        },
      });
      this.#loop.start();
      run.stage = 'attached';
      run.advance();
    } catch (error) {
      if (this.#run === run) this.#failToRun(run, error);
      throw error;
    }
    return run.promise;
  }

  stop(reason: StopReason): Promise<RunResult> {
    const run = this.#run;
    if (run === undefined) throw notRunning('stop()', this.state);
    checkSelfWait(this.lifeEvents);
    this.#askStop(run, reason);
    return run.promise;
  }

  escalate(reason: StopReason): void {
    const run = this.#run;
    if (run === undefined || run.stage === 'over') throw notRunning('escalate()', this.state);
    this.#hurry(run, 'none', reason);
  }

  crash(): void {
    const run = this.#run;
    if (run === undefined || run.stage === 'over') throw notRunning('crash()', this.state);
    run.crash ??= { kind: 'crash' };
    run.advance();
  }

  /** Never rejects (C33). A shutdown trigger that disposes does not wait for itself. */
  async dispose(): Promise<void> {
    const run = this.#run;
    if (run === undefined || run.stage === 'over' || this.lifeEvents.shutdown.firing?.isOpen === true) return;
    try {
      await this.stop({ kind: 'dispose' });
    } catch {
      // Whoever has called run() hears of it.
    }
  }

  /** Stopping begins, once: whatever asks for it later finds it begun (C28, C29). */
  #askStop(run: Run, reason: StopReason): void {
    if (run.reason !== undefined) return;
    if (run.patience === 'wait') this.#setMark(run); // may throw: then nothing has been asked
    run.reason = reason;
    run.stoppedAt = this.env.now();
    this.#signal.abort(reason);
    run.advance();
  }

  #hurry(run: Run, patience: 'grace' | 'none', reason: StopReason): void {
    run.hurry(patience, reason);
    this.#askStop(run, reason);
    run.advance();
  }

  // ── How far it goes ──

  /**
   * Takes the run as far as it can go now. It may be called at any time, also from inside itself: it looks at facts alone, what has begun
   * is not begun again, and the end of each firing comes back here.
   */
  readonly #advance = (run: Run): void => {
    if (!this.#isUnderWay(run)) return;
    if (run.crash !== undefined || run.shutdown !== undefined) this.#endAfterTurn(run);
    // A crash in a turn lets the turn go on: a stop that comes meanwhile is obeyed.
    if (!this.#isUnderWay(run) || run.shutdown !== undefined) return;
    if (run.startup === undefined) this.#advanceStartup(run);
    else if (run.reason !== undefined) this.#advanceShutdown(run, run.reason);
  };

  #isUnderWay(run: Run): boolean {
    return this.#run === run && run.stage === 'attached';
  }

  #advanceStartup(run: Run): void {
    const { reason } = run;
    if (this.lifeEvents.startup.firing === undefined && run.mayStart) this.lifeEvents.fireStartup(run, reason);
    else if (reason !== undefined) this.lifeEvents.endStartup(run, reason);
  }

  #advanceShutdown(run: Run, reason: StopReason): void {
    if (this.lifeEvents.shutdown.firing !== undefined) this.lifeEvents.hurryShutdown(run);
    else if (run.crash !== undefined) return;
    else if (run.isMarkPassed || run.patience !== 'wait' || !this.#loop.nudge()) {
      // A host that gives no turn does not hold the stop.
      this.#loop.dropMark();
      this.lifeEvents.fireShutdown(run, reason);
    }
  }

  /** The mark stands behind what is queued by now. It is passed when that has run and startup is over (C28). */
  #setMark(run: Run): void {
    const pass = (): void => {
      run.isMarkPassed = true;
      run.advance();
    };
    try {
      this.#loop.afterQueued(() => run.startup !== undefined, pass);
    } catch (error) {
      this.#loop.dropMark();
      throw error;
    }
  }

  /** Shutdown is over, or was left out by a crash. */
  #endAfterTurn(run: Run): void {
    const end = (): void => {
      if (!this.#isUnderWay(run)) return;
      if (run.crash === undefined) this.#end(run);
      else this.#endByCrash(run, run.crash);
    };
    if (run.crash === undefined) this.#loop.endTurn(end);
    else this.#loop.afterTurn(end);
  }

  // ── The end ──

  /** All phases of shutdown are over: the host is given back, and `run()` settles (C30). */
  #end(run: Run): void {
    run.stage = 'ending';
    const stopped = new ReactorStoppedError(
      'The run ended before this firing did: wait for it in a shutdown trigger, or bound it with limits',
    );
    this.lifeEvents.abandonAll(stopped, stopped);
    if (run.crash !== undefined) {
      this.#endByCrash(run, run.crash); // what heard of that has crashed the reactor
      return;
    }
    const left = this.#left();
    run.stage = 'over';
    this.dropTimed();
    this.lifeEvents.services.end();
    this.#release(run);
    settle(run, left, this.env.logs);
  }

  /** Nothing fires any more: firings end where they are, and the reactor can be run again (C31). */
  #endByCrash(run: Run, reason: StopReason): void {
    run.stage = 'ending';
    run.reason = reason;
    run.isRunning = false;
    if (run.startup === undefined && this.lifeEvents.startup.firing === undefined)
      this.lifeEvents.fireStartup(run, reason);
    this.lifeEvents.abandonAll(reason);
    if (this.lifeEvents.areUnderWay) {
      run.stage = 'attached'; // one of them is ending on the stack, and comes back to #advance
      return;
    }
    this.#signal.abort(reason);
    this.#release(run);
    this.#toIdle();
    settle(run, this.#left(), this.env.logs);
  }

  /** `run()` throws: the host could not be attached, or gives no turns (C1). */
  #failToRun(run: Run, error: unknown): void {
    run.stage = 'ending';
    for (const event of [this.lifeEvents.startup, this.lifeEvents.shutdown]) event.abandon(error);
    this.#release(run);
    this.#toIdle();
    run.promise.catch(() => undefined); // stop() may have given it to somebody meanwhile, or to nobody
    run.reject(error);
  }

  #release(run: Run): void {
    this.hostEvents.clear();
    run.release((error) => {
      this.env.report(error, { kind: 'host', name: 'release' });
    });
  }

  #toIdle(): void {
    this.#run = undefined;
    this.#signal.renew();
  }

  #left(): RunResult['left'] {
    return { queued: this.#loop.queue.size, timed: this.#loop.timers.size };
  }

  /** Calls that will never run and want to know it do (C30). */
  dropTimed(): void {
    dropTimed(this.#loop, this.env, 'The run is over');
  }

  /** How what a run holds of the host speaks to it. */
  #requests(run: Run): RunRequests {
    return {
      isAlive: () => this.#run === run && (run.stage === 'attaching' || run.stage === 'attached'),
      stop: (reason) => {
        this.#askStop(run, reason);
      },
      hurry: (patience, reason) => {
        this.#hurry(run, patience, reason);
      },
    };
  }
}
