import type { ServiceNode } from './service-node.ts';

/** A service and those that need it, directly or not, in the order of use. `withOwned`: those too that their `attach` has used. */
export function dependantsOf(
  root: ServiceNode,
  withOwned: boolean,
  nodes: readonly ServiceNode[],
): readonly ServiceNode[] {
  const found: Set<ServiceNode> = new Set([root]);
  for (const node of found) {
    for (const other of node.neededBy) found.add(other);
    if (withOwned) for (const other of nodes) if (other.owner === node) found.add(other);
  }
  return [...found].sort((a, b) => a.order - b.order);
}
