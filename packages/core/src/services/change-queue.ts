import { endedByStop, removedWith } from './change-errors.ts';
import { Change, type ChangeKind } from './change.ts';
import { dependantsOf } from './dependants.ts';
import { isDown, isUp } from './due-services.ts';
import type { ServiceGraph } from './service-graph.ts';
import type { ServiceNode } from './service-node.ts';
import type { Service } from './service.ts';

/** The changes that were asked for and are not over. Decides which of them may begin, and what follows when a part of one is over. */
export class ChangeQueue {
  /** In the order in which they were asked for. */
  waiting: Change[] = [];
  /** Those that stop or start services now. Their nodes are locked. */
  readonly active: Set<Change> = new Set();
  /** Those that have nothing left to do themselves, and wait for services that can't start yet. */
  readonly following: Set<Change> = new Set();
  /** Services that were added while the reactor runs and have not been up yet. If one fails, it is forgotten, and the program goes on. */
  readonly added: Map<ServiceNode, Change> = new Map();
  readonly #services: ServiceGraph;

  constructor(services: ServiceGraph) {
    this.#services = services;
  }

  get all(): readonly Change[] {
    return [...this.waiting, ...this.active, ...this.following];
  }

  /** Some services are being stopped or started, or will be. */
  get areUnderWay(): boolean {
    return this.active.size > 0 || this.waiting.length > 0;
  }

  /** The services that a change stops or starts now. */
  get locked(): ReadonlySet<ServiceNode> {
    return new Set([...this.active].flatMap(({ nodes }) => nodes));
  }

  /**
   * Finds a change that was asked for before and covers what is asked for now. If the service has failed, a change that is starting it
   * already doesn't count: that change won't start it again.
   */
  find(kind: ChangeKind, service: Service, withDependants: boolean): Change | undefined {
    const node = this.#services.find(service);
    const hasFailed = node !== undefined && isDown(node);
    return this.all.find(
      (each) =>
        each.kind === kind &&
        each.service === service &&
        (each.withDependants || !withDependants) &&
        !(hasFailed && each.part?.event === 'startup'),
    );
  }

  /** It is being removed: it is stopped, or waits for that. */
  isLeaving(node: ServiceNode): boolean {
    return [...this.active].some(({ kind, nodes }) => kind === 'remove' && nodes.includes(node));
  }

  /** Takes a change out, wherever it is. */
  remove(change: Change): void {
    this.waiting = this.waiting.filter((each) => each !== change);
    this.active.delete(change);
    this.following.delete(change);
  }

  clear(): void {
    this.waiting = [];
    this.active.clear();
    this.following.clear();
    this.added.clear();
  }

  rootOf({ service }: Change): ServiceNode | undefined {
    return this.#services.find(service);
  }

  /** The services that a restart or removal of `root` stops, in the order of use. */
  nodesOf({ kind, withDependants }: Change, root: ServiceNode): readonly ServiceNode[] {
    return withDependants ? dependantsOf(root, kind === 'remove', this.#services.nodes) : [root];
  }

  /**
   * Whether a waiting change may begin. Changes that share services run one after the other, in the order in which they were asked for.
   *
   * A service that is up isn't stopped while a service that needs it starts. A service that is down may be stopped in that time. Otherwise
   * the start could wait for that service while the restart of that service waits for the start, and neither would end.
   */
  mayBegin(change: Change): boolean {
    const root = this.rootOf(change);
    if (root === undefined) return true;
    if (change.kind === 'add') return !this.isLeaving(root);
    const nodes = new Set(this.nodesOf(change, root));
    const isShared = (node: ServiceNode): boolean => nodes.has(node);
    const needsOneThatIsUp = ({ needs }: ServiceNode): boolean => needs.some((need) => nodes.has(need) && isUp(need));
    for (const { nodes: locked, part } of this.active) {
      if (locked.some(isShared)) return false;
      if (part?.event === 'startup' && locked.some(needsOneThatIsUp)) return false;
    }
    for (const earlier of this.waiting) {
      if (earlier === change) break;
      const other = this.rootOf(earlier);
      if (other !== undefined && this.nodesOf(earlier, other).some(isShared)) return false;
    }
    return true;
  }

  // ── Outcomes ──

  /** Rejects a change with its first error. If it has none, the run is ending, and the error says so. */
  reject(change: Change): void {
    this.remove(change);
    change.reject(change.failure?.error ?? endedByStop());
  }

  /** The part that starts is over: `started` are up. */
  started(change: Change, started: readonly ServiceNode[]): void {
    for (const node of started) this.added.delete(node);
    this.remove(change);
    this.following.add(change);
  }

  /** A removal has stopped its services. */
  removed(change: Change): void {
    const { nodes } = change;
    this.#services.remove(nodes);
    this.remove(change);
    for (const node of nodes) {
      this.added.delete(node);
      for (const other of this.following) {
        other.mustBeUp.delete(node);
        if (other.service === node.service) other.fail(removedWith(node, change));
      }
    }
    change.settle();
  }

  /**
   * Settles a change once all that it has to start is up. If an addition has failed, its services are removed first: a removal is queued
   * for that, and this returns `true`.
   */
  follow(change: Change, isStopping: boolean): boolean {
    const { failure, mustBeUp, nodes } = change;
    const isOver = failure !== undefined || [...mustBeUp].every(isUp);
    const hasAdded = nodes.some((node) => this.added.get(node) === change);
    if (!isOver && !isStopping) return false;
    this.remove(change);
    const isTakenBack = failure !== undefined && !isStopping && hasAdded;
    if (!isOver) this.reject(change);
    else if (isTakenBack) this.waiting.unshift(Change.takingBack(change));
    else change.settle();
    return isTakenBack;
  }
}
