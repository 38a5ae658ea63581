import type { ReactorEnvironment } from './reactor-environment.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import type { StopReason } from '../ground/host.ts';
import type { Run } from './run.ts';
import type { Limits } from '../ground/events.ts';
import type { PartChanges } from '../services/part-changes.ts';
import type { ServiceLife } from '../services/service-life.ts';
import { ServiceGraph } from '../services/service-graph.ts';
import type { SystemEvent } from '../events/system-event.ts';

/** The part of `Life` that the two events use. */
interface LifeOfRuns {
  stop(run: Run, reason: StopReason): void;
  /** The run under way. */
  current(): Run | undefined;
  startFailed(run: Run, cause: unknown, source: ErrorSource): void;
}

/** Fires `startup` and `shutdown`, and applies a stop or an escalation of the run to the firing under way. */
export class LifeEvents implements ServiceLife {
  readonly startup: SystemEvent;
  readonly shutdown: SystemEvent;
  readonly services: ServiceGraph;
  changes: PartChanges | undefined;
  readonly #life: LifeOfRuns;
  readonly #env: ReactorEnvironment;
  readonly #events: EventRegistry;

  constructor(env: ReactorEnvironment, events: EventRegistry, life: LifeOfRuns) {
    this.#env = env;
    this.#events = events;
    this.#life = life;
    this.services = new ServiceGraph(env.now);
    this.startup = events.reserve('startup', {
      enterPhase: (phase, firing) => {
        const run = life.current();
        if (firing !== this.startup.firing) return; // the observer has ended the firing
        if (run !== undefined && phase === 'during') run.isRunning = true;
        this.services.enter('startup', phase, firing);
      },
      startFailed: (cause, source) => {
        const run = life.current();
        if (run?.state === 'starting') life.startFailed(run, cause, source);
      },
      hasPassed: () => life.current()?.hasPassed('startup') === true,
    });
    this.shutdown = events.reserve('shutdown', {
      enterPhase: (phase, firing) => {
        const run = life.current();
        if (firing !== this.shutdown.firing) return;
        if (run !== undefined && phase !== 'before') run.isRunning = false;
        this.services.enter('shutdown', phase, firing);
      },
      phaseSettled: (phase, firing) => {
        this.services.settled(phase, firing);
      },
      hasPassed: () => life.current()?.hasPassed('shutdown') === true,
    });
  }

  get deps(): ReactorEnvironment {
    return this.#env;
  }

  get current(): Run | undefined {
    return this.#life.current();
  }

  readonly limitsOf = (event: string): Limits | undefined => this.#events.limitsOf(event);

  fail(reason: StopReason, error: unknown): void {
    const run = this.current;
    if (run === undefined || run.stage === 'over') return;
    if (error !== undefined) run.failures.add(error);
    if (run.state === 'starting') this.#life.startFailed(run, error, { kind: 'service', name: String(reason.service) });
    else this.#life.stop(run, reason);
  }

  /** One of the two is being fired. */
  get areUnderWay(): boolean {
    return (this.startup.firing ?? this.shutdown.firing) !== undefined;
  }

  /** With `reason` (stopping has begun) it runs no phase, and only makes its report (C26). */
  fireStartup(run: Run, reason: StopReason | undefined): void {
    run.inContext(() => {
      void this.startup.launch(undefined, {
        ...(reason !== undefined && { cut: { reason } }),
        over: (report) => {
          run.startupOver(report);
          run.advance();
        },
      });
    });
  }

  /** Stopping has begun before startup was over: cuts the firing of startup, and limits the time it has left. */
  endStartup(run: Run, reason: StopReason): void {
    const { firing } = this.startup;
    if (firing?.isCut === false) firing.cut(reason);
    if (run.escalationReason !== undefined) firing?.escalate(run.escalationReason);
    else if (run.startLimit === undefined && run.startup === undefined) this.#limitStartup(run);
  }

  /** A start that is stopped has as much time as `before` of shutdown, so that enough is left for shutdown itself (C29, N8). */
  #limitStartup(run: Run): void {
    const { deadline = Infinity, before = Infinity } = this.#events.limitsOf('shutdown') ?? {};
    const limit = Math.min(deadline, before);
    if (limit === Infinity) return;
    run.startLimit = this.#env.after(limit, () => {
      run.holds.clear();
      run.advance();
      this.startup.firing?.expire(`The time limit for stopping a start (${String(limit)} ms)`);
    });
  }

  fireShutdown(run: Run, reason: StopReason): void {
    run.inContext(() => {
      void this.shutdown.launch(reason, {
        ...(run.stoppedAt !== undefined && { deadlineFrom: run.stoppedAt }),
        terminal: run.waitMode === 'grace',
        ...(run.waitMode === 'none' && { escalated: { reason } }),
        over: (report) => {
          run.shutdown = report;
          run.isRunning = false;
          run.advance();
        },
      });
    });
  }

  /** Escalates the shutdown under way if the wait mode of the run asks for it. */
  escalateShutdown({ waitMode, escalationReason }: Run): void {
    const { firing } = this.shutdown;
    if (waitMode === 'none' || (waitMode === 'grace' && firing?.terminal === false)) firing?.escalate(escalationReason);
  }

  /** Ends every firing of the reactor at once. With `error`, pending calls count as failed (C30, C31). */
  abandonAll(reason: StopReason | Error, error?: Error): void {
    for (const event of this.#events.all()) event.abandon(reason, error);
    this.changes?.abandon(reason);
  }
}
