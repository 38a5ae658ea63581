import { checkOptionalMs } from '../ground/check-milliseconds.ts';
import { PhasePassedError } from '../ground/errors.ts';
import { PHASES, type Phase } from '../ground/events.ts';
import type { PendingItem } from '../ground/observer.ts';
import { listed, printable } from '../ground/printable.ts';
import type { ActiveFiring } from '../events/trigger.ts';
import { PhasePass } from './phase-pass.ts';
import { checkMember } from './service-members.ts';
import { ServiceNode, type LifeEvent } from './service-node.ts';
import { checkTimeouts, type LimitsOf } from './service-timeouts.ts';
import { treeOf } from './service-tree.ts';
import type { Service, ServiceHost } from './service.ts';

/** The services of a reactor and what they need. A service is used after those it needs: so `use()` gives an order to start them in. */
export class ServiceGraph {
  readonly #nodes: Map<Service, ServiceNode> = new Map();
  readonly #now: () => number;
  /** How many services have been used, including those that were removed. */
  #used = 0;
  #leadTime = 0;
  /** The service whose `attach` is being called: it owns the services that `attach` uses. */
  #attaching: ServiceNode | undefined;
  /**
   * Set while a service is added to a reactor that runs (C63). Throws if the service, or one that its `attach` uses, can't be added. Called
   * instead of the check whether its phase has passed.
   */
  check: ((node: ServiceNode) => void) | undefined;
  /** The firing of shutdown whose first phase has called its services. A service that starts after that has missed the phase (C63). */
  stoppedIn: ActiveFiring | undefined;
  /** The firing of shutdown in which the foundations have been closed. */
  #closedIn: ActiveFiring | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The longest lead time in milliseconds: the time from the start of a stop until services may close (N8, N13). */
  get leadTime(): number {
    return this.#leadTime;
  }

  /** All services in the order of `use()`. */
  get nodes(): readonly ServiceNode[] {
    return [...this.#nodes.values()];
  }

  find(service: Service | undefined): ServiceNode | undefined {
    return this.#nodes.get(service as Service); // as: undefined is no key
  }

  /**
   * Adds a service, unless it is there already, and attaches it to `app`. When that fails, nothing is registered. `begun`: how many phases
   * of startup have begun, `Infinity` once it is over.
   */
  use(service: Service, app: ServiceHost, begun: number, limitsOf: LimitsOf): void {
    if (this.#nodes.has(service)) return;
    const node = new ServiceNode(service, this.#nodes, this.#used, this.#attaching);
    const { leadTime = 0, attach } = service;
    checkMember(attach, 'function', 'attach', node.name);
    if (leadTime !== 0) checkLeadTime(node.name, leadTime, limitsOf('shutdown')?.deadline ?? Infinity);
    checkTimeouts(node, limitsOf);
    const founding = node.isFoundation ? foundationsOf(node) : [];
    if (this.check !== undefined) this.check(node);
    else if (begun > node.firstPhase)
      throw new PhasePassedError(
        `Service "${printable(node.name)}" comes too late, its startup phase has begun: use it before run(), or in an earlier phase`,
      );
    const longest = this.#leadTime;
    const attaching = this.#attaching;
    for (const need of node.needs) {
      if (need.neededBy.length === 0) need.neededBy = [node];
      else (need.neededBy as ServiceNode[]).push(node); // as: only the shared empty one is read-only
    }
    this.#used++;
    this.#nodes.set(service, node);
    node.settings.used?.(node);
    this.#attaching = node;
    try {
      attach?.call(service, app);
      this.#leadTime = Math.max(this.#leadTime, leadTime);
      for (const each of founding) each.isFoundation = true;
    } catch (error) {
      this.#leadTime = longest;
      this.remove(this.nodes.filter(({ order }) => order >= node.order));
      throw error;
    } finally {
      this.#attaching = attaching;
    }
  }

  /** Forgets services. Those that they need don't count them any more. */
  remove(nodes: readonly ServiceNode[]): void {
    const removed = new Set(nodes);
    for (const { service, needs, settings } of nodes) {
      this.#nodes.delete(service);
      settings.removed?.();
      for (const need of needs) need.neededBy = need.neededBy.filter((each) => !removed.has(each));
    }
  }

  /**
   * A phase of startup or shutdown begins: calls the services that have a function for it, each when what it waits for has settled.
   * Foundations are called first, and last at the end of shutdown (C67).
   */
  enter(event: LifeEvent, phase: Phase, firing: ActiveFiring): void {
    const { nodes } = this;
    if (event === 'shutdown') this.stoppedIn = firing;
    const isOpening = event === 'startup' && phase === 'before';
    const isClosing = event === 'shutdown' && phase === 'after';
    const foundations = isOpening || isClosing ? nodes.filter(({ isFoundation }) => isFoundation) : [];
    if (foundations.length === 0) {
      this.#begin(event, phase, firing, nodes);
      return;
    }
    const others = nodes.filter(({ isFoundation }) => !isFoundation);
    const [first, last] = isOpening ? [foundations, others] : [others, foundations];
    for (const node of last) node.blockers = 1; // so that `waiting()` lists them until their own pass begins
    this.#begin(event, phase, firing, first, () => {
      if (isOpening) this.#begin(event, phase, firing, others);
    });
  }

  /** All triggers and services of `after startup` have settled: a service without functions may have waited for that (C52). */
  opened(firing: ActiveFiring): void {
    const nodes = this.nodes.filter(({ firstPhase }) => firstPhase === PHASES.length);
    this.#begin('startup', 'after', firing, nodes);
  }

  /** All triggers and services of `after shutdown` have settled: the foundations close (C67). */
  closed(firing: ActiveFiring): void {
    if (this.#closedIn === firing) return;
    this.#closedIn = firing;
    const nodes = this.nodes.filter(({ isFoundation }) => isFoundation);
    this.#begin('shutdown', 'after', firing, nodes);
  }

  #begin(event: LifeEvent, phase: Phase, firing: ActiveFiring, nodes: readonly ServiceNode[], next?: () => void): void {
    // A service that was added in `before shutdown`, and starts when that has to end, is left to its own start (C63).
    const ready = event === 'startup' ? nodes : nodes.filter(({ state }) => state !== 'starting');
    new PhasePass(event, phase, firing, this.#now).begin(ready, next);
  }

  /**
   * The run is over: all services that had started are stopped. Not called after a crash: the next run needs to know which services had
   * started (C31).
   */
  end(): void {
    for (const node of this.#nodes.values())
      if (node.shownState !== 'idle' && node.shownState !== 'failed') node.move('stopped', this.#now());
  }

  /** The services that wait for others in the phase under way. */
  waiting(event: LifeEvent, phase: Phase): PendingItem[] {
    return [...this.#nodes.values()]
      .filter((node) => node.blockers > 0 && node.functionDue(event, phase))
      .map(({ name, needs, neededBy }) => {
        const held = listed(event === 'startup' ? needs : neededBy, (each) => each.name);
        const others = event === 'startup' ? 'the foundations' : 'all others';
        return { kind: 'service', name, event, phase, age: 0, status: `waits for ${held || others}` };
      });
  }

  /** The tree of services, each with its state (C52). */
  describe(): string {
    return treeOf([...this.#nodes.values()]);
  }
}

/** Throws where the lead time leaves less than half of the deadline for the shutdown itself (N8). */
function checkLeadTime(name: string, leadTime: number, deadline: number): void {
  const title = `The lead time of service "${printable(name)}"`;
  checkOptionalMs(leadTime, title);
  if (leadTime > deadline / 2)
    throw new RangeError(
      `${title} is ${String(leadTime)} ms, more than half of the shutdown deadline (${String(deadline)} ms): shorten it, or raise limits.shutdown.deadline to at least ${String(2 * leadTime)}`,
    );
}

/** A new foundation and all that it needs. Throws `TypeError` if one of them opens later than in `before startup`, or closes earlier. */
function foundationsOf(node: ServiceNode): readonly ServiceNode[] {
  const found: Set<ServiceNode> = new Set([node]);
  for (const each of found) {
    const { name, startup, shutdown, needs } = each;
    if (startup.during ?? startup.after ?? shutdown.before ?? shutdown.during)
      throw new TypeError(
        `Service "${printable(name)}" is a foundation, or a foundation needs it: give it functions for before startup and after shutdown alone`,
      );
    for (const need of needs) found.add(need);
  }
  return [...found];
}
