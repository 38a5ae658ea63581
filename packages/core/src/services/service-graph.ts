import { checkLength } from '../ground/check-milliseconds.ts';
import { PhasePassedError } from '../ground/errors.ts';
import type { Phase } from '../ground/events.ts';
import type { PendingItem } from '../ground/observer.ts';
import { listed, printable } from '../ground/printable.ts';
import type { ActiveFiring } from '../events/trigger.ts';
import { PhasePass } from './phase-pass.ts';
import { ServiceNode, type LifeEvent } from './service-node.ts';
import { treeOf } from './service-tree.ts';
import type { Service, ServiceHost } from './service.ts';

/** The services of a reactor and what they need. A service is used after those it needs: so `use()` gives an order to start them in. */
export class ServiceGraph {
  readonly #nodes: Map<Service, ServiceNode> = new Map();
  #leadTime = 0;

  /** The longest lead time in milliseconds: the time from the start of a stop until services may close (N8, N13). */
  get leadTime(): number {
    return this.#leadTime;
  }

  /**
   * Adds a service, unless it is there already, and attaches it to `app`. When that fails, nothing is registered. `begun`: how many phases
   * of startup have begun, `Infinity` once it is over. `deadline`: of the shutdown, in milliseconds.
   */
  use(service: Service, app: ServiceHost, begun: number, deadline: number): void {
    if (this.#nodes.has(service)) return;
    const node = new ServiceNode(service, this.#nodes);
    const { name, needs } = node;
    const { leadTime = 0, attach } = service;
    if (leadTime !== 0) checkLeadTime(name, leadTime, deadline);
    if (begun > node.firstPhase)
      throw new PhasePassedError(
        `Service "${printable(name)}" comes too late, its startup phase has begun: use it before run(), or in an earlier phase`,
      );
    const longest = this.#leadTime;
    for (const need of needs) {
      if (need.neededBy.length === 0) need.neededBy = [node];
      else (need.neededBy as ServiceNode[]).push(node); // as: only the shared empty one is read-only
    }
    this.#nodes.set(service, node);
    node.settings.used?.(node);
    try {
      attach?.call(service, app);
      this.#leadTime = Math.max(this.#leadTime, leadTime);
    } catch (error) {
      this.#leadTime = longest;
      this.#removeFrom(node);
      throw error;
    }
  }

  /** Removes a service and those that its `attach` has used since. */
  #removeFrom({ order: from }: ServiceNode): void {
    for (const node of this.#nodes.values()) {
      node.neededBy = node.neededBy.filter(({ order }) => order < from);
      if (node.order >= from) this.#nodes.delete(node.service);
    }
  }

  /** A phase of startup or shutdown begins: calls the services that have a function for it, each when what it waits for has settled. */
  enter(event: LifeEvent, phase: Phase, firing: ActiveFiring): void {
    new PhasePass(event, phase, firing).begin(this.#nodes);
  }

  /** The run is over: all services that had started are stopped. After a crash this isn't called, for the next run (C31). */
  end(): void {
    for (const node of this.#nodes.values())
      if (node.state !== 'idle' && node.state !== 'failed') node.state = 'stopped';
  }

  /** The services that wait for others in the phase under way. */
  waiting(event: LifeEvent, phase: Phase): PendingItem[] {
    return [...this.#nodes.values()]
      .filter((node) => node.blockers > 0 && node.functionDue(event, phase))
      .map(({ name, needs, neededBy }) => {
        const held = listed(event === 'startup' ? needs : neededBy, (each) => each.name);
        return { kind: 'service', name, event, phase, age: 0, status: `waits for ${held}` };
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
  checkLength(leadTime, title);
  if (leadTime > deadline / 2)
    throw new RangeError(
      `${title} is ${String(leadTime)} ms, more than half of the shutdown deadline (${String(deadline)} ms): shorten it, or raise limits.shutdown.deadline to at least ${String(2 * leadTime)}`,
    );
}
