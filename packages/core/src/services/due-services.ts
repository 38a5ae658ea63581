import type { PendingItem } from '../ground/observer.ts';
import { listed } from '../ground/printable.ts';
import type { ServiceNode } from './service-node.ts';

/**
 * The services that are due and can start now, while the reactor runs. `nodes`: all services, in the order of use; `locked`: those that a
 * change works on.
 */
export function startable(nodes: readonly ServiceNode[], locked: ReadonlySet<ServiceNode>): readonly ServiceNode[] {
  const found: Set<ServiceNode> = new Set();
  for (const node of nodes) {
    if (!node.isDue || locked.has(node)) continue;
    if (node.needs.every((need) => found.has(need) || need.isUp)) found.add(node);
  }
  return [...found];
}

/** Those that wait for a need that is down (C47). `now`: on the reactor's clock. */
export function pendingServices(
  nodes: readonly ServiceNode[],
  locked: ReadonlySet<ServiceNode>,
  now: number,
): PendingItem[] {
  const items: PendingItem[] = [];
  for (const node of nodes) {
    const missing = node.needs.filter(({ isUp }) => !isUp);
    if (!node.isDue || locked.has(node) || missing.length === 0) continue;
    const status = `waits for ${listed(missing, ({ name }) => name)}`;
    const age = node.state === 'idle' ? 0 : now - node.since;
    items.push({ kind: 'service', name: node.name, event: 'startup', age, status });
  }
  return items;
}
