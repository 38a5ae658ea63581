import { PHASES } from '../ground/events.ts';
import type { PendingItem } from '../ground/observer.ts';
import { listed } from '../ground/printable.ts';
import type { ServiceNode } from './service-node.ts';

/**
 * Why a service isn't up. `due`: it is started as soon as all that it needs is up; `failed`: it waits for somebody to restart it; `leaving`:
 * it is being removed.
 */
type WhyDown = 'due' | 'failed' | 'leaving';

/** The services that aren't up although the reactor is running. */
export class DownServices {
  readonly #down: Map<ServiceNode, WhyDown> = new Map();

  /** Startup is over: what has started is up. What it went on without is down, and so are those that need that (C58). */
  begin(nodes: readonly ServiceNode[]): void {
    for (const node of nodes) {
      const isLeft = PHASES.some((phase) => node.functionDue('startup', phase));
      if (node.hasStarted && !isLeft) node.calledIn = PHASES.length;
      if (node.state === 'failed') this.add(node, 'failed');
      else if (isLeft || (!node.hasStarted && node.needs.some((need) => this.#down.has(need)))) this.add(node, 'due');
    }
  }

  /** The run is over. A service that has gone down starts anew in the next run (C31). */
  end(nodes: readonly ServiceNode[]): void {
    for (const [node, why] of this.#down) if (why === 'failed' || node.state === 'failed') node.hasStarted = false;
    for (const node of nodes) if (node.settings.runOver?.() === true) node.hasStarted = false;
    this.#down.clear();
  }

  is(node: ServiceNode, why: WhyDown): boolean {
    return this.#down.get(node) === why;
  }

  isUp(node: ServiceNode): boolean {
    return node.calledIn === PHASES.length && !this.#down.has(node);
  }

  add(node: ServiceNode, why: WhyDown): void {
    this.#down.set(node, why);
  }

  /** It is up, or was removed. */
  delete(node: ServiceNode): void {
    this.#down.delete(node);
  }

  /** Those that are due and can start now. `nodes`: all services, in the order of use; `locked`: those that a change works on. */
  startable(nodes: readonly ServiceNode[], locked: ReadonlySet<ServiceNode>): readonly ServiceNode[] {
    const found: Set<ServiceNode> = new Set();
    for (const node of nodes) {
      const canStart = node.needs.every((need) => found.has(need) || this.isUp(need));
      if (canStart && this.is(node, 'due') && !locked.has(node)) found.add(node);
    }
    return [...found];
  }

  /** Those that wait for a need that is down (C47). `now`: on the reactor's clock. */
  pending(now: number, locked: ReadonlySet<ServiceNode>): PendingItem[] {
    const items: PendingItem[] = [];
    for (const [node, why] of this.#down) {
      const missing = node.needs.filter((need) => !this.isUp(need));
      if (why !== 'due' || locked.has(node) || missing.length === 0) continue;
      const status = `waits for ${listed(missing, ({ name }) => name)}`;
      const age = node.state === 'idle' ? 0 : now - node.since;
      items.push({ kind: 'service', name: node.name, event: 'startup', age, status });
    }
    return items;
  }
}
