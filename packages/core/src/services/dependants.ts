import type { ServiceNode } from './service-node.ts';
import type { Needed } from './service-state.ts';

/** Whether a service that starts or has started, and has not stopped, needs this one. */
export function isNeeded({ neededBy }: Needed): boolean {
  return neededBy.some(({ hasStarted, state }) => hasStarted || state === 'starting');
}

/** A service and all that need it, directly or not, in the order of use. `withOwned`: also the services that `attach` of one of them has used. */
export function dependantsOf(
  root: ServiceNode,
  withOwned: boolean,
  nodes: readonly ServiceNode[],
): readonly ServiceNode[] {
  const found: Set<ServiceNode> = new Set([root]);
  const owned = withOwned ? nodes.filter(({ owner }) => owner !== undefined) : [];
  for (const node of found) {
    for (const other of node.neededBy) found.add(other);
    for (const other of owned) if (other.owner === node) found.add(other);
  }
  return [...found].sort((a, b) => a.order - b.order);
}
