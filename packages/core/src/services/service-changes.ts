import type { StopReason } from '../ground/host.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { Run } from '../life/run.ts';
import { refuseSelfWait } from './body-context.ts';
import { checkAddition, checkRemoval, isTooLate, notUsed, tooLate } from './change-errors.ts';
import { ChangeQueue } from './change-queue.ts';
import { Change } from './change.ts';
import { isDown, isDue, pendingServices, runEnded, startable, startEnded } from './due-services.ts';
import type { PartChanges } from './part-changes.ts';
import { PartFailures } from './part-failures.ts';
import { holdShutdown } from './part-hold.ts';
import { PhasePass } from './phase-pass.ts';
import type { ServiceLife } from './service-life.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';
import { ServicePart } from './service-part.ts';
import type { Service, ServiceHost } from './service.ts';
import { useLate } from './use-late.ts';

/**
 * The changes of the services of a reactor while it runs: restarts, removals, and services that come later (C60, C63).
 *
 * Whoever changes something calls `advance()`, which begins the changes that may begin, starts the services that were due and can start now,
 * and settles the changes that are over.
 */
export class ServiceChanges implements PartChanges {
  readonly #life: ServiceLife;
  readonly #app: ServiceHost;
  readonly #queue: ChangeQueue;
  readonly #failures: PartFailures;
  /** The run that these changes belong to. */
  #run: Run | undefined;
  /** The stop of that run has been applied to the changes. */
  #isCut = false;
  #isAdvancing = false;
  /** `advance()` has another step to do. */
  #hasNextStep = false;

  constructor(life: ServiceLife, app: ServiceHost) {
    this.#life = life;
    this.#app = app;
    this.#queue = new ChangeQueue(life.events.services);
    this.#failures = new PartFailures(life, this.#queue);
  }

  get areUnderWay(): boolean {
    return this.#queue.areUnderWay;
  }

  pending(): PendingItem[] {
    const { active, locked } = this.#queue;
    const parts = [...active].flatMap(({ part }) => part?.pending() ?? []);
    if (this.#run === undefined) return parts;
    return parts.concat(pendingServices(this.#life.events.services.nodes, locked, this.#life.env.now()));
  }

  refuseSelfWait(): Promise<never> | undefined {
    return refuseSelfWait('the stop', (service) => this.#life.events.services.find(service) !== undefined);
  }

  // ── Requests ──

  /** Asks for a change. If the same change was asked for already, returns the promise of that one. */
  ask(
    kind: 'restart' | 'remove' | 'add',
    service: Service,
    reason: StopReason,
    withDependants: boolean,
    isWanted?: () => boolean,
  ): Promise<unknown> {
    const same = this.#queue.find(kind, service, withDependants);
    if (same !== undefined) {
      if (same.isWanted !== undefined) same.isWanted = isWanted; // the last caller decides, unless one gave no `isWanted`
      return same.promise;
    }
    const isKnown = this.#life.events.services.find(service) !== undefined;
    const isLate = this.#life.current?.reason !== undefined;
    const change = new Change(kind, service, reason, withDependants, isLate, isKnown);
    change.isWanted = isWanted;
    if (isTooLate(change, this.#life)) change.refuse(tooLate(change));
    else this.#queue.waiting.push(change);
    this.advance();
    return change.promise;
  }

  /**
   * A service has gone down by itself. `isDue`: it has not failed. While the reactor starts, such a service is started again: by that start,
   * or alone after it.
   */
  lose(node: ServiceNode, isDue: boolean): void {
    const { current, env } = this.#life;
    if (!node.hasStarted) return;
    if (current?.startup === undefined) {
      // While the reactor starts, those that need it wait. After a crash, the next run starts it from the beginning.
      node.move(isDue ? 'stopped' : current === undefined ? 'failed' : 'lost', env.now());
      return;
    }
    this.#beginRun(current);
    const changes = [...this.#queue.active].filter(({ nodes }) => nodes.includes(node));
    if (changes.some(({ part }) => part?.event === 'shutdown')) return;
    node.move('lost', env.now());
    for (const { part } of changes) part?.lost(node);
  }

  stopBegins(reason: StopReason): void {
    for (const { settings } of this.#life.events.services.nodes) settings.stopBegins?.(reason);
  }

  // ── Steps ──

  advance(): void {
    this.#hasNextStep = true;
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    while (this.#hasNextStep) {
      this.#hasNextStep = false;
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
    for (const change of [...queue.waiting]) if (this.#run === run && queue.mayBegin(change)) this.#begin(change, run);
    if (this.#run !== run) return;
    const due = startable(events.services.nodes, queue.locked);
    if (run.reason === undefined && due.length > 0) this.#beginStart(Change.start(), due, run);
    for (const change of [...queue.following])
      if (this.#run === run && queue.follow(change, run.reason !== undefined)) this.#hasNextStep = true;
  }

  #beginRun(run: Run): void {
    if (this.#run === run) return;
    this.#run = run;
    const now = this.#life.env.now();
    for (const node of this.#life.events.services.nodes) startEnded(node, now);
  }

  /**
   * Stopping has begun: parts that start services are cut, parts that stop services go on. Changes that were asked for before the stop
   * don't begin any more.
   */
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

  #begin(change: Change, run: Run): void {
    this.#queue.remove(change);
    try {
      if (isTooLate(change, this.#life)) throw tooLate(change);
      if (change.kind === 'add') this.#add(change, run);
      else if (change.isWanted?.() === false) change.settle();
      else this.#beginStop(change, run);
    } catch (error) {
      change.refuse(error);
    }
  }

  #add(change: Change, run: Run): void {
    const { events, registry } = this.#life;
    const known = this.#queue.rootOf(change);
    if (known !== undefined) {
      change.mustBeUp.add(known);
      this.#queue.following.add(change);
      return;
    }
    const nodes = useLate(
      events.services,
      change.service as Service, // as: an addition has one
      this.#app,
      (event) => registry.limitsOf(event),
      (node) => {
        checkAddition(
          node,
          node.needs.find((need) => this.#queue.isLeaving(need)),
        );
      },
    );
    if (!run.isAttached() || run.hasPassed('shutdown')) {
      events.services.remove(nodes); // its `attach` has ended the run
      this.#queue.reject(change);
      return;
    }
    for (const node of nodes) this.#queue.added.set(node, change);
    this.#beginStart(change, nodes, run);
  }

  /** The first part of a restart, and the only one of a removal. */
  #beginStop(change: Change, run: Run): void {
    const root = this.#queue.rootOf(change);
    const isRemoval = change.kind === 'remove';
    if (root === undefined) {
      if (!change.isKnown) throw notUsed(change);
      if (!isRemoval) change.fail(notUsed(change)); // it was removed meanwhile
      change.settle();
      return;
    }
    const nodes = this.#queue.nodesOf(change, root);
    if (isRemoval) checkRemoval(nodes);
    // What has failed and waits for its own restart is stopped, and not started again.
    for (const node of nodes) if (node === root || !isDown(node)) change.mustBeUp.add(node);
    const now = this.#life.env.now();
    for (const node of nodes) if (node.state === 'up') node.move('ending', now);
    if (root.state === 'failed') root.move('stopped', now);
    change.nodes = nodes;
    this.#beginPart(
      change,
      'shutdown',
      nodes.filter(({ hasStarted }) => hasStarted),
      run,
    );
  }

  #beginStart(change: Change, nodes: readonly ServiceNode[], run: Run): void {
    const due = nodes.filter(isDue);
    change.nodes = nodes;
    for (const node of due) change.mustBeUp.add(node);
    this.#beginPart(change, 'startup', due, run);
  }

  #beginPart(change: Change, event: LifeEvent, nodes: readonly ServiceNode[], run: Run): void {
    const { env, registry, events } = this.#life;
    const part = new ServicePart(event, nodes, change.reason, registry.limitsOf(event), {
      deps: env,
      isStartedAgain: (node) => change.mustBeUp.has(node),
      startFailed: (node, phase, error) => {
        this.#failures.startFailed(change, node, phase, error);
        this.advance();
      },
      stopFailed: this.#failures.stopFailed,
      stopAbandoned: (node, phase, error) => {
        this.#failures.stopAbandoned(change, node, phase, error);
      },
      partOver: () => {
        this.#partOver(change, part, run);
      },
    });
    change.part = part;
    this.#queue.active.add(change);
    if (run.reason !== undefined) part.limit(run, this.#life.registry.limitsOf('shutdown'));
    run.inContext(() => {
      part.begin(change.reason, run.stoppedAt);
    });
    if (run.escalationReason !== undefined) part.escalate(run.escalationReason); // it was added in a shutdown that waits for nothing
    // Services that are added in `before shutdown` hold it (C63).
    if (!part.isOver) holdShutdown(events.shutdown, change);
  }

  #partOver(change: Change, part: ServicePart, run: Run): void {
    if (!this.#queue.active.has(change)) return;
    if (part.event === 'startup') this.#started(change, part.started);
    else if (change.kind === 'remove') this.#queue.removed(change);
    else if (run.reason !== undefined) this.#queue.reject(change);
    else this.#beginStart(change, change.nodes, run);
    this.advance();
    if (run.reason !== undefined && !this.#queue.areUnderWay) run.advance();
  }

  #started(change: Change, started: readonly ServiceNode[]): void {
    this.#queue.started(change, started);
    const { services, shutdown } = this.#life.events;
    const { firing } = shutdown;
    // What was added in `before shutdown` has missed that phase, and is called now. Not if an observer added it before the phase called its
    // services.
    if (firing?.isInPhase === true && firing.phasesBegun === 1 && services.stoppedIn === firing)
      firing.calling(() => {
        new PhasePass('shutdown', 'before', firing, this.#life.env.now).begin(started);
      });
  }

  // ── End of the run ──

  abandon(reason: unknown): void {
    const { all, active } = this.#queue;
    const changes = [...active];
    this.#queue.clear();
    for (const { part } of changes) part?.abandon(reason);
    for (const node of this.#life.events.services.nodes) runEnded(node, this.#life.env.now());
    this.#run = undefined;
    this.#isCut = false;
    for (const change of all) this.#queue.reject(change);
  }
}
