import { callName } from './call-queue.ts';
import type { ReactorEnvironment } from './environment.ts';
import {
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  ReactorStoppedError,
  SelfWaitError,
  TriphaseInternalError,
} from './errors.ts';
import { StartupFailedError } from './startup-failed-error.ts';
import { messageOf } from './describe-thrown.ts';
import { block } from './error-path.ts';
import type { EventRegistry } from './event-registry.ts';
import { PHASES, type TriggerHandle } from './events.ts';
import type { FiringReport } from './firing-report.ts';
import { HostEvents } from './host-events.ts';
import {
  createAbortController,
  dispose,
  type AbortControllerLike,
  type AbortSignalLike,
  type HostAbortSignal,
  type StopReason,
} from './host.ts';
import type { HostControl } from './host-control.ts';
import type { Waiting } from './observer.ts';
import { nameOf } from './printable.ts';
import { RunResult } from './run-result.ts';
import { Run } from './run.ts';
import { ServiceGraph } from './services/service-graph.ts';
import type { Service, ServiceHost } from './services/service.ts';
import { LifeState, type ReactorState } from './state.ts';
import type { SystemEvent } from './system-event.ts';
import { eventName } from './event-name.ts';
import type { TurnLoop } from './turn-loop.ts';
import { waitingWork, workInFlight } from './work.ts';

/** What a subclass of the reactor says of its host (C1). */
interface HostHooks {
  acquireKeepAlive(): Disposable | undefined;
  attachHost(control: HostControl): Disposable | undefined;
}

/**
 * The life of a reactor (C24–C33): who may move its state, when startup and shutdown fire, and what is given back at the end.
 *
 *     run ─► starting ─► running ─► stopping ─► stopped        crash: back to idle, from any state between
 *               │  startup fires       │  shutdown fires
 *               └── stop, a failed start ──► stopping
 */
export class Lifecycle {
  readonly #env: ReactorEnvironment;
  readonly #loop: TurnLoop;
  readonly #events: EventRegistry;
  readonly #hooks: HostHooks;
  readonly #state = new LifeState();
  readonly #startup: SystemEvent;
  readonly #shutdown: SystemEvent;
  readonly #hostEvents = new HostEvents();
  readonly #services = new ServiceGraph();
  #run: Run | undefined;
  #running = false;
  #controller: AbortControllerLike | undefined;

  constructor(env: ReactorEnvironment, loop: TurnLoop, events: EventRegistry, hooks: HostHooks) {
    this.#env = env;
    this.#loop = loop;
    this.#events = events;
    this.#hooks = hooks;
    this.#startup = events.reserve('startup', {
      enterPhase: (phase, firing) => {
        if (phase === 'during') this.#running = true;
        this.#services.enter('startup', phase, firing);
      },
      startFailed: (cause, source) => {
        if (this.#run === undefined || this.state !== 'starting') return;
        this.#run.startFailed = true;
        this.#run.failedIn = source;
        this.#beginStop({ kind: 'startup-failed', cause });
      },
      hasPassed: () => this.#run?.startup !== undefined,
    });
    this.#shutdown = events.reserve('shutdown', {
      enterPhase: (phase, firing) => {
        if (phase !== 'before') this.#running = false;
        this.#services.enter('shutdown', phase, firing);
      },
      hasPassed: () => this.#run?.shutdown !== undefined,
    });
  }

  get state(): ReactorState {
    return this.#state.current;
  }

  get running(): boolean {
    return this.#running;
  }

  get signal(): HostAbortSignal {
    this.#controller ??= createAbortController();
    // Made after stopping began: it is born aborted (C54).
    if (this.#run?.reason !== undefined) this.#controller.abort(this.#run.reason);
    return this.#controller.signal;
  }

  get startupReport(): Promise<FiringReport> | undefined {
    return this.#run?.startupReport;
  }

  run(signal: AbortSignalLike | undefined): Promise<RunResult> {
    this.#checkRunnable();
    const run = new Run();
    this.#state.to('starting');
    this.#run = run;
    try {
      run.hold(this.#hooks.acquireKeepAlive());
      run.hold(this.#hooks.attachHost(this.#control(run)));
      if (signal !== undefined) this.#stopOnAbort(run, signal);
      this.#loop.start();
    } catch (error) {
      this.#releaseHost(run);
      this.#run = undefined;
      this.#toIdle();
      throw error;
    }
    run.isReady = true;
    const { reason } = run; // attachHost may have stopped it
    if (!run.isHeld || (reason !== undefined && !run.stopWaits)) this.#launch(run);
    else if (reason !== undefined) this.#limitStart(run, reason);
    return run.promise;
  }

  stop(reason: StopReason): Promise<RunResult> {
    const run = this.#run;
    if (run === undefined) throw notRunning('stop()', this.state);
    if (this.#shutdown.firing?.isOpen === true) {
      throw new SelfWaitError(
        'A shutdown trigger called stop(), which waits for this trigger: return, and the stop that is under way goes on',
      );
    }
    this.#beginStop(reason);
    return run.promise;
  }

  escalate(reason: StopReason): void {
    const run = this.#run;
    if (run === undefined || !this.#state.started) throw notRunning('escalate()', this.state);
    this.#beginStop(reason);
    run.escalated = true;
    this.#launch(run);
    this.#startup.firing?.escalate(reason);
    this.#fireShutdown(run);
    this.#shutdown.firing?.escalate(reason);
  }

  crash(): void {
    const run = this.#run;
    if (run === undefined || !this.#state.started) throw notRunning('crash()', this.state);
    this.#loop.afterTurn(() => {
      if (this.#run === run) this.#crash(run);
    });
  }

  /** Never rejects (C33); a shutdown trigger that disposes does not wait for itself. */
  async dispose(): Promise<void> {
    if (!this.#state.started || this.#shutdown.firing?.isOpen === true) return;
    await this.stop({ kind: 'dispose' }).catch(() => undefined);
  }

  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    const call = (): void => {
      this.#env.watch(fn(), 'trigger', callName(fn));
    };
    if (this.#running) {
      call();
      return undefined;
    }
    // A setup that goes on after a stop may still ask: it is never called (N7).
    const isHeld = this.#run?.isReady === true;
    if (this.state !== 'idle' && this.state !== 'starting' && !isHeld)
      throw notRunning('callWhenRunning()', this.state);
    return this.#startup.add('after', call, { name: nameOf(fn), every: false });
  }

  waitUntil(promise: unknown, name: string): void {
    const { firing, lists } = this.#shutdown;
    const run = this.#run;
    const begun = (run && firing?.begun) ?? 0;
    const isInPhase = firing?.isInPhase === true && run !== undefined;
    const list = lists[isInPhase ? begun - 1 : begun];
    if (list === undefined || run?.shutdown !== undefined) throw notRunning('waitUntil()', this.state);
    const work = workInFlight(list, promise, name, this.#env, run, () => this.#run);
    if (isInPhase) firing.call(work);
    else list.add(work);
  }

  use(service: Service, app: ServiceHost): void {
    const { firing } = this.#startup;
    const isOver = firing?.isCut ?? this.#run?.startup !== undefined;
    const { deadline = Infinity } = this.#events.limitsOf('shutdown') ?? {};
    this.#services.use(service, app, isOver ? Infinity : (firing?.begun ?? 0), deadline);
  }

  get leadTime(): number {
    return this.#services.leadTime;
  }

  describe(): string {
    return this.#services.describe();
  }

  /** Triggers, services and firings that wait, or are waited for (C47). */
  pending(): Waiting[] {
    const { firing, lists } = this.#shutdown;
    const waiting = (firing ?? this.#run?.shutdown) ? [] : waitingWork(lists, this.#env.now());
    for (const event of this.#events.all()) {
      if (event.firing !== undefined) waiting.push(...event.firing.waiting());
      if (event.isAsked) waiting.push(waitingFiring(event));
    }
    for (const [ends, event] of [
      ['startup', this.#startup],
      ['shutdown', this.#shutdown],
    ] as const) {
      const phase = PHASES[(event.firing?.begun ?? 0) - 1];
      if (phase !== undefined) waiting.push(...this.#services.waiting(ends, phase));
    }
    return [...waiting, ...this.#hostEvents.waiting.map(waitingFiring)];
  }

  /** Calls that will never run and want to know it do (C30). */
  dropTimed(): void {
    this.#dropTimed('The run is over');
  }

  #dropTimed(why: string): void {
    const error = new ReactorStoppedError(`${why} before this call was due: stop waiting when reactor.signal aborts`);
    for (const thrown of this.#loop.timers.drop(error))
      this.#env.report(thrown, { kind: 'timed-call', name: 'onDrop' });
  }

  #checkRunnable(): void {
    const { state } = this;
    if (state === 'idle') return;
    if (state === 'stopped' || (state === 'stopping' && (this.#shutdown.firing?.begun ?? 0) > 1)) {
      throw new ReactorNotRestartableError(
        'This reactor has stopped, and a run cannot be repeated: construct a new reactor, it costs nothing',
      );
    }
    throw new ReactorAlreadyRunningError(
      `This reactor is ${state}: wait for the promise that run() returned, or construct another reactor`,
    );
  }

  /** Fires startup, once; not before turns are wanted. */
  #launch(run: Run): void {
    if (!run.isReady) return;
    run.isReady = false;
    void this.#startup.launch(undefined, {
      ...(run.reason !== undefined && { cut: { reason: run.reason } }),
      over: (report) => {
        this.#startupOver(run, report);
      },
    });
  }

  #startupOver(run: Run, report: FiringReport): void {
    run.startupOver(report);
    if (this.#run !== run) return;
    if (run.reason === undefined) this.#state.to('running');
    else if (run.escalated || run.terminal) this.#fireShutdown(run);
    else this.#loop.nudge();
  }

  /** Stopping begins, once: whatever asks for it later finds it begun (C28, C29). */
  #beginStop(reason: StopReason): void {
    const run = this.#run;
    if (run === undefined || run.reason !== undefined) return;
    run.reason = reason;
    run.stoppedAt = this.#env.now();
    this.#state.to('stopping');
    this.#loop.afterQueued(
      () => run.startup !== undefined,
      () => {
        this.#fireShutdown(run);
      },
    );
    if (!run.stopWaits) this.#launch(run);
    this.#controller?.abort(reason);
    if (run.isReady || this.#startup.firing !== undefined) this.#limitStart(run, reason);
  }

  /** A stop waits for the start that is under way, or for what holds it. */
  #limitStart(run: Run, reason: StopReason): void {
    // The start may use the share of `before` and no more, so that the phases of shutdown keep theirs (N8).
    const { deadline = Infinity, before = Infinity } = this.#events.limitsOf('shutdown') ?? {};
    const limit = Math.min(deadline, before);
    if (limit !== Infinity) {
      run.startLimit = this.#env.after(limit, () => {
        this.#launch(run);
        this.#startup.firing?.expire(`The time that a stop gives to a start (${String(limit)} ms)`);
      });
    }
    this.#startup.firing?.cut(reason);
  }

  /** Once, and not before the start is over. */
  #fireShutdown(run: Run): void {
    const { reason, stoppedAt, escalated, terminal, startup, shutdown } = run;
    if (this.#run !== run || startup === undefined || shutdown !== undefined || this.#shutdown.firing !== undefined)
      return;
    this.#loop.dropMark();
    void this.#shutdown.launch(reason, {
      deadlineFrom: stoppedAt,
      terminal,
      ...(escalated && { escalated: { reason } }),
      over: (report) => {
        this.#shutdownOver(run, report);
      },
    });
  }

  #shutdownOver(run: Run, report: FiringReport): void {
    run.shutdown = report;
    if (this.#run !== run) return;
    this.#running = false;
    this.#loop.endTurn(() => {
      if (this.#run === run && this.#state.started) this.#end(run);
    });
  }

  /** All three phases of shutdown are over: the host is released, and `run()` settles (C30). */
  #end(run: Run): void {
    const stopped = new ReactorStoppedError(
      'The run ended before this firing did: wait for it in a shutdown trigger, or bound it with limits',
    );
    for (const event of this.#events.all()) event.abandon(stopped, stopped);
    if (this.#run !== run) return; // what heard of that has crashed the reactor
    const left = this.#left();
    this.#state.to('stopped');
    this.dropTimed();
    this.#services.end();
    this.#releaseHost(run);
    this.#settle(run, left);
  }

  #crash(run: Run): void {
    const reason: StopReason = { kind: 'crash' };
    run.reason = reason;
    this.#run = undefined;
    this.#running = false;
    this.#launch(run);
    for (const event of this.#events.all()) event.abandon(reason);
    run.shutdown = undefined;
    this.#controller?.abort(reason);
    this.#releaseHost(run);
    // Last: what hears of the crash must not run the reactor again before this run is over.
    this.#toIdle();
    this.#settle(run, this.#left());
  }

  /** What is asked for from now on belongs to the next run, its signal too (C54). */
  #toIdle(): void {
    if (this.#controller?.signal.aborted === true) this.#controller = undefined;
    this.#state.to('idle');
  }

  #left(): RunResult['left'] {
    return { queued: this.#loop.queue.size, timed: this.#loop.timers.size };
  }

  #releaseHost(run: Run): void {
    this.#hostEvents.clear();
    run.startLimit?.[dispose]();
    this.#loop.end();
    run.release((error) => {
      this.#env.report(error, { kind: 'host', name: 'release' });
    });
  }

  #settle(run: Run, left: RunResult['left']): void {
    const { reason, startup, shutdown } = run;
    if (reason === undefined || startup === undefined) {
      throw new TriphaseInternalError(
        'A run ended before it had begun: a bug in Triphase, please report it with this stack',
      );
    }
    const result = new RunResult({ reason, startup, shutdown, left });
    run.end(
      result,
      run.startFailed && shutdown !== undefined
        ? new StartupFailedError(
            `The start failed: ${messageOf(reason.cause)}`,
            result,
            // The former is short enough for Node to print it on one line.
            this.#env.logs
              ? 'See the error logged above'
              : block(reason.cause, run.failedIn).split('\n', 12).join('\n'),
          )
        : undefined,
    );
  }

  #stopOnAbort(run: Run, signal: AbortSignalLike): void {
    const onAbort = (): void => {
      if (this.#run === run) this.#beginStop({ kind: 'abort', cause: signal.reason });
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort);
    run.hold({
      [dispose]: () => {
        signal.removeEventListener('abort', onAbort);
      },
    });
  }

  /** What a host may do to its reactor (C1); nothing once the run is over. */
  #control(run: Run): HostControl {
    const isAlive = (): boolean => this.#run === run && this.#state.started;
    return {
      stop: (reason) => {
        if (!isAlive()) return;
        // A host that cannot start has failed to: what a program calls its own stop does not matter.
        run.startFailed ||= this.state === 'starting' && reason.kind === 'startup-failed';
        this.#beginStop(reason);
      },
      escalate: (reason) => {
        if (isAlive()) this.escalate(reason);
      },
      fire: (type, detail, options) => {
        if (!isAlive()) return;
        if (type === 'shutdown')
          this.#stopForHost(run, detail as StopReason, options.terminal); // as: the detail of shutdown
        else this.#hostEvents.fire(this.#events.event(type), detail, options, { kind: 'terminal', cause: type });
      },
      report: (error, source) => {
        this.#env.report(error, source);
      },
      holdStart: ({ stopWaits = false } = {}) => {
        run.isHeld = true;
        run.stopWaits = stopWaits;
        return () => {
          run.isHeld = run.stopWaits = false;
          this.#launch(run);
        };
      },
      hasTriggers: (type) => this.#events.hasTriggers(type),
      endSleeps: () => {
        if (isAlive()) this.#dropTimed('The reactor stops');
      },
    };
  }

  #stopForHost(run: Run, reason: StopReason, terminal: boolean): void {
    this.#beginStop(reason);
    if (!terminal) return;
    run.terminal = true;
    // What the host fired before, such as that the page is hidden, has its grace first.
    this.#hostEvents.flush(reason, () => {
      if (this.#shutdown.firing?.terminal === false) this.escalate(reason);
      this.#launch(run);
      this.#startup.firing?.escalate(reason);
      this.#fireShutdown(run);
    });
  }
}

function waitingFiring({ type }: SystemEvent): Waiting {
  return { kind: 'firing', name: eventName(type), event: type, age: 0 };
}

function notRunning(what: string, state: ReactorState): ReactorNotRunningError {
  return new ReactorNotRunningError(
    `${what} needs a reactor that runs, this one is ${state}: ${state === 'idle' ? 'call run() first' : 'call it before the stop'}`,
  );
}
