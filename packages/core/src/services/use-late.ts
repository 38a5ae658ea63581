import type { ServiceGraph } from './service-graph.ts';
import type { ServiceNode } from './service-node.ts';
import type { LimitsOf } from './service-timeouts.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * Uses a service that starts alone, after the start of the reactor (C63). `check` throws if it can't. Returns the new nodes: its own and
 * those of the services that its `attach` has used.
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
