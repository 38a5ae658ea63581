import type { ReactorEnvironment } from './reactor-environment.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import type { StopReason } from '../ground/host.ts';
import type { Run } from './run.ts';
import { ServiceGraph } from '../services/service-graph.ts';
import type { SystemEvent } from '../events/system-event.ts';

/** What the two events need of the life they belong to. */
interface LifeOfRuns {
  /** The run under way. */
  current(): Run | undefined;
  startFailed(run: Run, cause: unknown, source: ErrorSource): void;
}

/** `startup` and `shutdown`: how they are fired, and how the firing under way hears what was asked of the run. */
export class LifeEvents {
  readonly startup: SystemEvent;
  readonly shutdown: SystemEvent;
  readonly services: ServiceGraph = new ServiceGraph();
  readonly #env: ReactorEnvironment;
  readonly #events: EventRegistry;

  constructor(env: ReactorEnvironment, events: EventRegistry, life: LifeOfRuns) {
    this.#env = env;
    this.#events = events;
    this.startup = events.reserve('startup', {
      enterPhase: (phase, firing) => {
        const run = life.current();
        if (firing !== this.startup.firing) return; // what heard that the phase begins has ended the firing
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
      hasPassed: () => life.current()?.hasPassed('shutdown') === true,
    });
  }

  /** One of the two is being fired. */
  get areUnderWay(): boolean {
    return (this.startup.firing ?? this.shutdown.firing) !== undefined;
  }

  /** Once stopping has begun no phase of it begins: it is fired for its report (C26). */
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

  /** The start under way, or what holds it back, is to end. */
  endStartup(run: Run, reason: StopReason): void {
    const { firing } = this.startup;
    if (firing?.isCut === false) firing.cut(reason);
    if (run.hurriedBy !== undefined) firing?.escalate(run.hurriedBy);
    else if (run.startLimit === undefined && run.startup === undefined) this.#limitStartup(run);
  }

  /** A start that is stopped may take as long as `before shutdown`, so that the phases of shutdown keep their time (C29, N8). */
  #limitStartup(run: Run): void {
    const { deadline = Infinity, before = Infinity } = this.#events.limitsOf('shutdown') ?? {};
    const limit = Math.min(deadline, before);
    if (limit === Infinity) return;
    run.startLimit = this.#env.after(limit, () => {
      run.held = 'nothing';
      run.advance();
      this.startup.firing?.expire(`The time that a stop gives to a start (${String(limit)} ms)`);
    });
  }

  fireShutdown(run: Run, reason: StopReason): void {
    run.inContext(() => {
      void this.shutdown.launch(reason, {
        ...(run.stoppedAt !== undefined && { deadlineFrom: run.stoppedAt }),
        terminal: run.patience === 'grace',
        ...(run.patience === 'none' && { escalated: { reason } }),
        over: (report) => {
          run.shutdown = report;
          run.isRunning = false;
          run.advance();
        },
      });
    });
  }

  /** The shutdown under way waits no longer than the patience of the run. */
  hurryShutdown({ patience, hurriedBy }: Run): void {
    const { firing } = this.shutdown;
    if (patience === 'none' || (patience === 'grace' && firing?.terminal === false)) firing?.escalate(hurriedBy);
  }

  /** Ends every firing of the reactor where it is. With an error, what pends is reported (C30, C31). */
  abandonAll(reason: unknown, error?: Error): void {
    for (const event of this.#events.all()) event.abandon(reason, error);
  }
}
