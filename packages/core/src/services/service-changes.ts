import type { StopReason } from '../ground/host.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { Run } from '../life/run.ts';
import { refuseSelfWait } from './body-context.ts';
import { isTooLate, tooLate } from './change-errors.ts';
import { ChangeOutcomes } from './change-outcomes.ts';
import { ChangeQueue } from './change-queue.ts';
import { ChangeSteps } from './change-steps.ts';
import { Change } from './change.ts';
import { DownServices } from './down-services.ts';
import type { PartChanges } from './part-changes.ts';
import { PartFailures } from './part-failures.ts';
import type { ServiceLife } from './service-life.ts';
import type { ServiceNode } from './service-node.ts';
import type { Service, ServiceHost } from './service.ts';
import { StopListeners } from './stop-listeners.ts';

/**
 * The changes of the services of a reactor while it runs: restarts, removals, and services that come later (C60, C63).
 *
 * Whoever changes something calls `advance()`, which begins the changes that may begin, starts the services that were due and can start now,
 * and settles the changes that are over.
 */
export class ServiceChanges implements PartChanges {
  readonly stopListeners: StopListeners = new StopListeners();
  readonly #life: ServiceLife;
  readonly #down: DownServices = new DownServices();
  readonly #queue: ChangeQueue;
  readonly #failures: PartFailures;
  readonly #outcomes: ChangeOutcomes;
  readonly #steps: ChangeSteps;
  /** The run that these changes belong to. */
  #run: Run | undefined;
  /** The stop of that run has been applied to the changes. */
  #isCut = false;
  #isAdvancing = false;
  /** `advance()` has another step to do. */
  #isDue = false;

  constructor(life: ServiceLife, app: ServiceHost) {
    this.#life = life;
    this.#queue = new ChangeQueue(life.events.services, this.#down);
    this.#failures = new PartFailures(life, this.#down, this.#queue);
    this.#outcomes = new ChangeOutcomes(life, this.#down, this.#queue, this.#failures);
    this.#steps = new ChangeSteps(life, app, this.#down, this.#queue, this.#failures, this.#outcomes, () => {
      this.advance();
    });
  }

  get areUnderWay(): boolean {
    return this.#queue.areUnderWay;
  }

  pending(): PendingItem[] {
    const { active, locked } = this.#queue;
    const parts = [...active].flatMap(({ part }) => part?.pending() ?? []);
    return parts.concat(this.#down.pending(this.#life.env.now(), locked));
  }

  refuseSelfWait(): Promise<never> | undefined {
    return refuseSelfWait('the stop', (service) => this.#life.events.services.find(service) !== undefined);
  }

  // ── Requests ──

  /** Asks for a change. The same change asked for a second time is the first one. */
  ask(
    kind: 'restart' | 'remove' | 'add',
    service: Service,
    reason: StopReason,
    hasDependants: boolean,
  ): Promise<unknown> {
    const same = this.#queue.find(kind, service, hasDependants);
    if (same !== undefined) return same.promise;
    const isKnown = this.#life.events.services.find(service) !== undefined;
    const isLate = this.#life.current?.reason !== undefined;
    const change = new Change(kind, service, reason, hasDependants, isLate, isKnown);
    if (isTooLate(change, this.#life)) change.refuse(tooLate(change));
    else this.#queue.waiting.push(change);
    this.advance();
    return change.promise;
  }

  /** A service has gone down by itself. `isDue`: that is no failure; it starts again, at the latest when the start under way is over. */
  lose(node: ServiceNode, isDue: boolean): void {
    const { current, env } = this.#life;
    if (!node.hasStarted) return;
    if (current?.startup === undefined) {
      node.setState(isDue ? 'stopped' : 'failed', env.now()); // while the reactor starts: those that need it wait
      if (current === undefined || isDue) node.hasStarted = false; // after a crash: the next run starts it from the beginning
      if (isDue) node.calledIn = 0;
      return;
    }
    this.#beginRun(current);
    const changes = [...this.#queue.active].filter(({ nodes }) => nodes.includes(node));
    if (changes.some(({ part }) => part?.event === 'shutdown') || this.#down.is(node, 'leaving')) return;
    this.#down.add(node, 'failed');
    node.setState('failed', this.#life.env.now());
    for (const { part } of changes) part?.lost(node);
  }

  // ── Steps ──

  advance(): void {
    this.#isDue = true;
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    while (this.#isDue) {
      this.#isDue = false;
      this.#step();
    }
    this.#isAdvancing = false;
  }

  #step(): void {
    const { current: run, events } = this.#life;
    const queue = this.#queue;
    if (run?.startup === undefined || !run.isAttached()) return;
    this.#beginRun(run);
    if (run.reason !== undefined) this.#stop(run, run.reason);
    // What is called here may crash the reactor: then the changes of this run are over, and nothing else begins.
    for (const change of [...queue.waiting])
      if (this.#run === run && queue.mayBegin(change)) this.#steps.begin(change, run);
    if (this.#run !== run) return;
    const due = this.#down.startable(events.services.nodes, queue.locked);
    if (run.reason === undefined && due.length > 0) this.#steps.beginStart(Change.start(), due, run);
    for (const change of [...queue.following])
      if (this.#run === run && this.#outcomes.follow(change, run.reason !== undefined)) this.#isDue = true;
  }

  #beginRun(run: Run): void {
    if (this.#run === run) return;
    this.#run = run;
    this.#down.begin(this.#life.events.services.nodes);
  }

  /** Stopping has begun: parts that start are cut, parts that stop go on, and nothing else begins that was asked for before. */
  #stop(run: Run, reason: StopReason): void {
    const { waiting, active, following } = this.#queue;
    if (!this.#isCut) {
      this.#isCut = true;
      for (const change of [...waiting, ...following]) if (!change.isLate) this.#queue.reject(change);
      for (const { part } of active) {
        if (part?.event === 'startup') part.cut(reason);
        if (part !== undefined) part.limit(run, this.#life.registry.limitsOf('shutdown'));
      }
    }
    if (run.escalationReason === undefined) return;
    for (const { part } of [...active]) part?.escalate(run.escalationReason);
  }

  // ── End of the run ──

  abandon(reason: unknown): void {
    const { all, active } = this.#queue;
    const changes = [...active];
    this.#queue.clear();
    for (const { part } of changes) part?.abandon(reason);
    this.#down.end(this.#life.events.services.nodes);
    this.#failures.added.clear();
    this.#run = undefined;
    this.#isCut = false;
    for (const change of all) this.#queue.reject(change);
  }
}
