import type { ReactorEnvironment } from './reactor-environment.ts';
import { ReactorStoppedError } from '../ground/errors.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import { hostControl, stopOnAbort, type HostHooks } from './run-control.ts';
import { HostEvents } from './host-events.ts';
import { dispose, type AbortSignalLike, type HostAbortSignal, type StopReason } from '../ground/host.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { PartChanges } from '../services/part-changes.ts';
import type { ServiceLife } from '../services/service-life.ts';
import { LifeEvents } from './life-events.ts';
import { pendingItems } from './pending.ts';
import { checkRunnable, checkSelfWait, notRunning, requireRun } from './refusals.ts';
import { dropTimed, leftIn, settle } from './run-end.ts';
import type { RunResult } from './run-result.ts';
import { RunSignal } from './run-signal.ts';
import { Run } from './run.ts';
import type { TurnLoop } from '../turn/turn-loop.ts';

/**
 * The life of a reactor, from one run to the next (C24–C33).
 *
 *     start() ─► attach the host ─► startup ─► running ─► stop requested, mark passed ─► shutdown ─► end
 *
 * The fields of `Run` say what was requested (a stop, an escalation, a crash, a delayed start) and what has happened (reports, the mark).
 * Whoever changes one of them calls `#advance`, which does the next step. The mark is passed when the calls that were queued before the
 * stop have run.
 */
export class Life implements ServiceLife {
  readonly env: ReactorEnvironment;
  readonly registry: EventRegistry;
  readonly events: LifeEvents;
  changes: PartChanges | undefined;
  readonly #hostEvents: HostEvents = new HostEvents();
  readonly #loop: TurnLoop;
  readonly #hooks: HostHooks;
  readonly #signal = new RunSignal();
  #current: Run | undefined;

  constructor(env: ReactorEnvironment, loop: TurnLoop, registry: EventRegistry, hooks: HostHooks) {
    this.env = env;
    this.#loop = loop;
    this.registry = registry;
    this.#hooks = hooks;
    this.events = new LifeEvents(
      env,
      registry,
      () => this.#current,
      (run, cause, source) => {
        run.failedIn = source;
        this.#requestStop(run, { kind: 'startup-failed', cause });
      },
    );
  }

  /** The run under way, or the one that has stopped. Undefined when idle. */
  get current(): Run | undefined {
    return this.#current;
  }

  get signal(): HostAbortSignal {
    return this.#signal.get(this.#current?.reason);
  }

  pending(): PendingItem[] {
    return [
      ...pendingItems(this.registry, this.events, this.#hostEvents, this.env.now()),
      ...(this.changes?.pending() ?? []),
    ];
  }

  // ── Requests ──

  /** Begins a run. The promise is that of `run()`. */
  start(signal: AbortSignalLike | undefined): Promise<RunResult> {
    checkRunnable(this.#current, this.events.phasesBegun('shutdown'));
    const run = new Run(this.#advance, this.env.captureContext());
    this.#current = run;
    try {
      const control = hostControl(run, this, this.env, this.#loop, this.registry, this.#hostEvents);
      run.keepResource('acquireKeepAlive', this.#hooks.acquireKeepAlive());
      run.keepResource('attachHost', this.#hooks.attachHost(control));
      if (signal !== undefined) stopOnAbort(run, this, signal);
      run.keepResource('requestTurn', {
        [dispose]: () => {
          this.#loop.end();
        },
      });
      this.#loop.start();
      run.stage = 'attached';
      run.advance();
    } catch (error) {
      if (this.#current === run) this.#failToStart(run, error);
      throw error;
    }
    return run.promise;
  }

  stop(reason: StopReason): Promise<RunResult> {
    const run = this.#current;
    if (run === undefined) throw notRunning('stop()', run);
    checkSelfWait(this.events.shutdown);
    this.#requestStop(run, reason);
    return this.changes?.refuseSelfWait() ?? run.promise;
  }

  fail(error: unknown): void {
    const run = this.#current;
    if (run === undefined) throw notRunning('fail()', run, error);
    if (run.failures.has(error)) return; // `onError` may call fail() with the error that it is given
    run.failures.add(error);
    this.stopSafely(run, { kind: 'failed', cause: error });
    if (!this.env.isReporting(error)) this.env.report(error, { kind: 'call', name: 'fail' });
  }

  escalate(reason: StopReason): void {
    this.stopWith(requireRun(this.#current, 'escalate()'), 'none', reason);
  }

  crash(): void {
    const run = requireRun(this.#current, 'crash()');
    run.crash ??= { kind: 'crash' };
    run.advance();
  }

  /** Never rejects (C33). Called by a shutdown trigger it returns at once, since the trigger would wait for itself. */
  async dispose(): Promise<void> {
    const run = this.#current;
    if (run === undefined || run.stage === 'over' || this.events.shutdown.firing?.isCalling === true) return;
    try {
      await this.stop({ kind: 'dispose' });
    } catch {
      // The promise of run() rejects with it.
    }
  }

  /** Begins to stop. Only the first request has an effect (C28, C29). */
  #requestStop(run: Run, reason: StopReason): void {
    if (run.reason !== undefined) return;
    if (run.waitMode === 'wait' && !run.isMarkPassed) this.#setMark(run); // may throw: then the stop has not begun
    run.reason = reason;
    run.stoppedAt = this.env.now();
    this.#signal.abort(reason);
    if (run.crash === undefined) this.changes?.stopBegins(reason); // an abort listener may have called crash(): then no service is told
    run.advance();
  }

  /** Stops the run, or changes the stop under way, so that phases wait for no more than `waitMode` says (C32). */
  stopWith(run: Run, waitMode: 'grace' | 'none', reason: StopReason): void {
    run.limitWait(waitMode, reason);
    this.#requestStop(run, reason);
    run.advance();
  }

  /** As `stop()`, for the host and the signal. Never throws: if the host can't give a turn, the stop doesn't wait for queued calls. */
  stopSafely(run: Run, reason: StopReason): void {
    try {
      this.#requestStop(run, reason);
    } catch (error) {
      this.env.report(error, { kind: 'host', name: 'turn request' });
      run.isMarkPassed = true;
      this.#requestStop(run, reason);
    }
  }

  // ── Steps ──

  /**
   * Does the next step of the run, if one is due. It may be called at any time, also while it is on the stack: it only reads the fields of
   * the run, and begins nothing twice. Each firing of startup and shutdown calls it when it ends.
   */
  readonly #advance = (run: Run): void => {
    if (!run.isAttached()) return;
    if (run.crash !== undefined || run.shutdown !== undefined) this.#endAfterTurn(run);
    // After a crash the turn under way goes on. A stop that is requested in it still takes effect.
    if (!run.isAttached() || run.shutdown !== undefined) return;
    if (run.startup !== undefined) this.changes?.advance();
    // The end of a change may have called this again, and the whole shutdown may have run in that call.
    if (!run.isAttached() || run.hasPassed('shutdown')) return;
    if (run.startup === undefined) this.#advanceStartup(run);
    else if (run.reason !== undefined) this.#advanceShutdown(run, run.reason);
  };

  /** Some services are being stopped or started: shutdown waits for them (C60). */
  get #isChanging(): boolean {
    return this.changes?.areUnderWay === true;
  }

  #advanceStartup(run: Run): void {
    const { reason } = run;
    if (this.events.isStartupDue && run.mayStart) this.events.fireStartup(run, reason);
    else if (reason !== undefined) this.events.endStartup(run, reason);
  }

  #advanceShutdown(run: Run, reason: StopReason): void {
    // Changes of services end first: an escalation reaches them before the shutdown. The end of the last one calls this again.
    if (this.#isChanging) return;
    if (this.events.shutdown.firing !== undefined) this.events.escalateShutdown(run);
    else if (run.crash !== undefined) return;
    else if (run.isMarkPassed || run.waitMode !== 'wait' || !this.#loop.askForTurn()) {
      // Also if the host threw when it was asked for a turn: the stop doesn't wait for one.
      this.#loop.dropMark();
      this.events.fireShutdown(run, reason);
    }
  }

  /** Sets the mark behind the calls that are queued now. It is passed when they have run, and startup and changes of services are over (C28). */
  #setMark(run: Run): void {
    const pass = (): void => {
      run.isMarkPassed = true;
      run.advance();
    };
    try {
      this.#loop.afterQueued(() => run.startup !== undefined && !this.#isChanging, pass);
    } catch (error) {
      this.#loop.dropMark();
      throw error;
    }
  }

  /** Shutdown is over, or is skipped after a crash: ends the run when the turn under way is over. */
  #endAfterTurn(run: Run): void {
    const end = (): void => {
      if (!run.isAttached()) return;
      if (run.crash === undefined) this.#end(run);
      else this.#endByCrash(run, run.crash);
    };
    if (run.crash === undefined) this.#loop.endTurn(end);
    else this.#loop.afterTurn(end);
  }

  // ── End ──

  /** Shutdown is over: releases the host and settles the promise of `run()` (C30). */
  #end(run: Run): void {
    run.stage = 'ending';
    const stopped = new ReactorStoppedError(
      'The run ended before this firing did: wait for it in a shutdown trigger, or set limits',
    );
    this.#abandonAll(stopped, stopped);
    if (run.crash !== undefined) {
      this.#endByCrash(run, run.crash); // an abort listener has called crash()
      return;
    }
    const left = leftIn(this.#loop);
    run.stage = 'over';
    this.dropTimed();
    this.events.services.end();
    this.#release(run);
    settle(run, left, this.env.logsErrors);
  }

  /** Ends all firings at once, without a shutdown. The reactor can be run again (C31). */
  #endByCrash(run: Run, reason: StopReason): void {
    run.stage = 'ending';
    run.reason = reason;
    run.isRunning = false;
    if (this.events.isStartupDue) this.events.fireStartup(run, reason);
    this.#abandonAll(reason);
    if (this.events.areUnderWay) {
      run.stage = 'attached'; // one of them is still on the stack, and calls #advance when it ends
      return;
    }
    this.#signal.abort(reason);
    this.#toIdle(run);
    settle(run, leftIn(this.#loop), this.env.logsErrors);
  }

  /** A hook of the host has failed in `run()`, which throws that error (C1). */
  #failToStart(run: Run, error: unknown): void {
    run.stage = 'ending';
    for (const event of [this.events.startup, this.events.shutdown]) event.abandon(error);
    this.#toIdle(run);
    run.promise.catch(() => undefined); // run() throws the error itself; stop() may have returned the promise meanwhile
    run.reject(error);
  }

  /** Ends every firing of the reactor at once. With `error`, pending calls count as failed (C30, C31). */
  #abandonAll(reason: unknown, error?: Error): void {
    for (const event of this.registry.all()) event.abandon(reason, error);
    this.changes?.abandon(reason);
  }

  #release(run: Run): void {
    this.#hostEvents.clear();
    run.release((error) => {
      this.env.report(error, { kind: 'host', name: 'release' });
    });
  }

  #toIdle(run: Run): void {
    this.#release(run);
    this.#current = undefined;
    this.#signal.renew();
  }

  /** Calls `onDrop` of the timed calls that will never run (C30). */
  dropTimed(): void {
    dropTimed(this.#loop, this.env, 'The run is over');
  }
}
