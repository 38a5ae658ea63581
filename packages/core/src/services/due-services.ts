import { PHASES } from '../ground/events.ts';
import type { PendingItem } from '../ground/observer.ts';
import { listed } from '../ground/printable.ts';
import type { ServiceNode } from './service-node.ts';

/** Whether services that need it can start. One that is `closing` counts too: others can join until `during shutdown` begins (C63). */
export function isUp({ state, phases }: ServiceNode): boolean {
  return state === 'up' || (state === 'closing' && phases === PHASES.length);
}

/** Once startup is over: it starts as soon as all that it needs is up. */
export function isDue({ state }: ServiceNode): boolean {
  return state === 'idle' || state === 'started' || state === 'stopped';
}

/** Nothing but a restart starts it again in this run. */
export function isDown({ state }: ServiceNode): boolean {
  return state === 'lost' || state === 'failed';
}

/** A start is over: a service with no function left to call is up. */
export function startEnded(node: ServiceNode, now: number): void {
  node.followNeeds(now);
  if (!node.hasStarted || PHASES.some((phase) => node.functionDue('startup', phase))) return;
  node.phases = PHASES.length;
  if (node.state === 'started') node.move('up', now);
}

/** The run is over, or has crashed: what has gone down starts from the beginning in the next run (C31). */
export function runEnded(node: ServiceNode, now: number): void {
  if (node.state === 'lost') node.move('failed', now);
  if (node.settings.runEnded?.() === true && node.hasStarted) node.move('stopped', now);
}

/**
 * The services that are due and can start now, while the reactor runs. `nodes`: all services, in the order of use; `locked`: those that a
 * change works on.
 */
export function startable(nodes: readonly ServiceNode[], locked: ReadonlySet<ServiceNode>): readonly ServiceNode[] {
  const found: Set<ServiceNode> = new Set();
  for (const node of nodes) {
    if (!isDue(node) || locked.has(node)) continue;
    if (node.needs.every((need) => found.has(need) || isUp(need))) found.add(node);
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
    const missing = node.needs.filter((need) => !isUp(need));
    if (!isDue(node) || locked.has(node) || missing.length === 0) continue;
    const status = `waits for ${listed(missing, ({ name }) => name)}`;
    const age = node.state === 'idle' ? 0 : now - node.since;
    items.push({ kind: 'service', name: node.name, event: 'startup', age, status });
  }
  return items;
}
