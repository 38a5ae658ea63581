import { describeGiven } from '../ground/check-milliseconds.ts';
import { ServiceGraphError } from '../ground/errors.ts';
import { listed, nameOf, printable } from '../ground/printable.ts';
import type { Service } from './service.ts';

/** The maximum number of services followed in search of a cycle: a getter that makes new needs has no end. */
const MAX_PATH = 100_000;

/** Shared by the many services that need nothing. */
const NONE: readonly never[] = [];

/**
 * The nodes of the services that a service needs, each once, in the order of `use()`. Throws `TypeError` if `needs` isn't an array of
 * services, and `ServiceGraphError` for a service that isn't used.
 */
export function readNeeds<N extends { readonly order: number }>(
  service: Service,
  name: string,
  used: ReadonlyMap<Service, N>,
): readonly N[] {
  const { needs = NONE } = service;
  if (!Array.isArray(needs)) throw notServices(name, needs);
  if (needs.length === 0) return NONE;
  const nodes: Set<N> = new Set();
  for (const need of needs as readonly Service[]) {
    const node = used.get(need);
    if (node === undefined) throw unmetNeed(service, name, need, used);
    nodes.add(node);
  }
  return [...nodes].sort((a, b) => a.order - b.order);
}

function notServices(name: string, given: unknown): TypeError {
  return new TypeError(
    `Service "${printable(name)}" needs ${describeGiven(given)}: give an array of services, as use() returns them`,
  );
}

/** The error for a need that isn't used. The services of a cycle can't be used in any order, so a cycle has its own message. */
function unmetNeed(service: Service, name: string, need: Service, used: ReadonlyMap<Service, unknown>): Error {
  if (typeof need !== 'object' || (need as Service | null) === null) return notServices(name, need);
  const cycle = findCycle(service, need, used);
  const path = (cycle ?? [service, need]).map(nameOf);
  const text = listed(path, (each) => printable(each), ' → ');
  return new ServiceGraphError(
    cycle
      ? `Services need each other: ${text}; take one need away`
      : `Service "${printable(name)}" needs "${printable(path[1])}", which is not used (${text}): use it first`,
    path,
  );
}

/** Follows the first unused need of each service. Returns the cycle, if one of them comes again. */
function findCycle(service: Service, need: Service, used: ReadonlyMap<Service, unknown>): Service[] | undefined {
  const path: Set<Service> = new Set([service]);
  let next: Service | undefined = need;
  try {
    while (next && path.size < MAX_PATH) {
      if (path.has(next)) return [...path, next].slice([...path].indexOf(next));
      path.add(next);
      next = next.needs?.find((each) => !used.has(each));
    }
  } catch {
    // A getter throws: no cycle can be shown.
  }
  return undefined;
}
