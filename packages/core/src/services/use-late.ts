import type { ServiceGraph } from './service-graph.ts';
import type { ServiceNode } from './service-node.ts';
import type { LimitsOf } from './service-timeouts.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * Adds a service to a reactor that runs (C63). `check` throws if the service can't be added. Returns the new nodes: its own and those of the
 * services that its `attach` has used.
 */
export function useLate(
  graph: ServiceGraph,
  service: Service,
  app: ServiceHost,
  limitsOf: LimitsOf,
  check: (node: ServiceNode) => void,
): readonly ServiceNode[] {
  const known = new Set(graph.nodes);
  graph.check = check;
  try {
    graph.use(service, app, Infinity, limitsOf);
  } finally {
    graph.check = undefined;
  }
  return graph.nodes.filter((node) => !known.has(node));
}
