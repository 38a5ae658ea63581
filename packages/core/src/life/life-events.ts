import type { ReactorEnvironment } from './reactor-environment.ts';
import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import type { WorkOptions } from '../ground/clock.ts';
import { cutStartLimit } from '../ground/cut-start-limit.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import { callName } from '../turn/call-queue.ts';
import type { TriggerHandle } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import { nameOf, printable } from '../ground/printable.ts';
import { notRunning } from './refusals.ts';
import type { Run } from './run.ts';
import type { Service, ServiceHost } from '../services/service.ts';
import { ServiceGraph } from '../services/service-graph.ts';
import type { LifeEvent } from '../services/service-node.ts';
import type { ReactorState } from './state.ts';
import type { SystemEvent } from '../events/system-event.ts';
import { workInFlight } from './work.ts';

/**
 * The events `startup` and `shutdown`: fires them, applies a stop or an escalation of the run to the firing under way, and adds what takes
 * part in them: services, work in flight, `callWhenRunning`.
 */
export class LifeEvents {
  readonly startup: SystemEvent;
  readonly shutdown: SystemEvent;
  readonly services: ServiceGraph;
  readonly #env: ReactorEnvironment;
  readonly #registry: EventRegistry;
  readonly #currentRun: () => Run | undefined;

  /** `currentRun`: returns the run under way, or the one that has stopped. */
  constructor(
    env: ReactorEnvironment,
    registry: EventRegistry,
    currentRun: () => Run | undefined,
    startFailed: (run: Run, cause: unknown, source: ErrorSource) => void,
  ) {
    this.#env = env;
    this.#registry = registry;
    this.#currentRun = currentRun;
    this.services = new ServiceGraph(env.now);
    this.startup = registry.reserve('startup', {
      enterPhase: (phase, firing) => {
        const run = currentRun();
        if (firing !== this.startup.firing) return; // the observer has ended the firing
        if (run !== undefined && phase === 'during') run.isRunning = true;
        this.services.enter('startup', phase, firing);
      },
      phaseSettled: (phase, firing) => {
        if (phase === 'after') this.services.opened(firing);
      },
      startFailed: (cause, source) => {
        const run = currentRun();
        if (run?.state === 'starting') startFailed(run, cause, source);
      },
      hasPassed: () => currentRun()?.hasPassed('startup') === true,
    });
    this.shutdown = registry.reserve('shutdown', {
      enterPhase: (phase, firing) => {
        const run = currentRun();
        if (firing !== this.shutdown.firing) return;
        if (run !== undefined && phase !== 'before') run.isRunning = false;
        this.services.enter('shutdown', phase, firing);
      },
      phaseSettled: (phase, firing) => {
        if (phase === 'after') this.services.closed(firing);
      },
      hasPassed: () => currentRun()?.hasPassed('shutdown') === true,
    });
  }

  // ── How far they are ──

  /** Startup has not been fired in this run. */
  get isStartupDue(): boolean {
    return this.startup.firing === undefined && this.#currentRun()?.startup === undefined;
  }

  /** How many phases of the event have begun in this run. `Infinity` when no other one begins. */
  phasesBegun(event: LifeEvent): number {
    const { firing } = this[event];
    if (firing !== undefined) return firing.isCut ? Infinity : firing.phasesBegun;
    return this.#currentRun()?.hasPassed(event) === true ? Infinity : 0;
  }

  /** One of the two is being fired. */
  get areUnderWay(): boolean {
    return (this.startup.firing ?? this.shutdown.firing) !== undefined;
  }

  // ── Steps ──

  /** With `reason` (stopping has begun) it runs no phase, and only makes its report (C26). */
  fireStartup(run: Run, reason: StopReason | undefined): void {
    run.inContext(() => {
      void this.startup.launch(undefined, {
        ...(reason !== undefined && { cut: { reason } }),
        onOver: (report) => {
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

  #limitStartup(run: Run): void {
    const limit = cutStartLimit(this.#registry.limitsOf('shutdown'));
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
        onOver: (report) => {
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

  // ── What takes part in them ──

  /** Calls `fn` now, or registers it as a trigger of startup (C27). */
  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    checkFunction(fn, 'The function for callWhenRunning');
    const run = this.#currentRun();
    const call = (): void => {
      this.#env.watch(fn(), 'trigger', callName(fn));
    };
    if (run?.isRunning === true) {
      call();
      return undefined;
    }
    // The `setup` of a program may go on after a stop, and call this. Then the function is registered, and never called (N7).
    if (run?.state !== 'starting' && !this.isStartupDue) throw notRunning('callWhenRunning()', run);
    return this.startup.add('after', call, { name: nameOf(fn), every: false });
  }

  /** Adds work in flight to the phase of shutdown that is under way, or to the next one (C57). */
  waitUntil(promise: unknown, options: WorkOptions): void {
    checkKeys(options, ['name'], 'waitUntil()');
    const { name = 'waitUntil' } = options;
    const { firing, lists } = this.shutdown;
    const isInPhase = firing?.isInPhase === true && !firing.isCut;
    // A shutdown is cut only by a crash: work that is given then is kept for the next run.
    const begun = firing?.isCut === true ? 0 : this.phasesBegun('shutdown');
    const list = lists[isInPhase ? begun - 1 : begun];
    if (list === undefined) throw notRunning('waitUntil()', this.#currentRun());
    const work = workInFlight(list, promise, name, this.#env, this.#currentRun);
    if (isInPhase) firing.call(work);
    else list.add(work);
  }

  /** The tree of services below a line about the reactor (C52). */
  describe(name: string, state: ReactorState): string {
    const services = this.services.describe();
    return `${printable(name)}: ${state}${services === '' ? '' : `\n${services}`}`;
  }

  /** Adds a service (C52). */
  use(service: Service, app: ServiceHost): void {
    this.services.use(service, app, this.phasesBegun('startup'), (event) => this.#registry.limitsOf(event));
  }
}
