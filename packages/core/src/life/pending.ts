import { PHASES } from '../ground/events.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import type { HostEvents } from './host-events.ts';
import type { LifeEvents } from './life-events.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { SystemEvent } from '../events/system-event.ts';
import { eventName } from '../ground/event-name.ts';
import { waitingWork } from './work.ts';

/** Work in flight, triggers, services and firings that are waiting or pending (C47). `now`: on the reactor's clock. */
export function pendingItems(registry: EventRegistry, life: LifeEvents, host: HostEvents, now: number): PendingItem[] {
  const items = life.phasesBegun('shutdown') === 0 ? waitingWork(life.shutdown.lists, now) : [];
  for (const event of registry.all()) {
    for (const item of event.firing?.pendingItems() ?? []) items.push(item); // there may be very many
    if (event.hasNext) items.push(waitingFiring(event));
  }
  for (const type of ['startup', 'shutdown'] as const) {
    const phase = PHASES[(life[type].firing?.phasesBegun ?? 0) - 1];
    if (phase === undefined) continue;
    for (const item of life.services.waiting(type, phase)) items.push(item);
  }
  return [...items, ...host.waiting.map(waitingFiring)];
}

/** A firing that was requested and has not begun. */
function waitingFiring({ type }: SystemEvent): PendingItem {
  return { kind: 'firing', name: eventName(type), event: type, age: 0 };
}
