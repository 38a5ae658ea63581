import { PHASES } from '../ground/events.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import type { LifeEvents } from './life-events.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { SystemEvent } from '../events/system-event.ts';
import { eventName } from '../ground/event-name.ts';

/** Triggers, services and firings that are waiting or pending (C47). */
export function pendingFirings(events: EventRegistry, life: LifeEvents): PendingItem[] {
  const waiting: PendingItem[] = [];
  for (const event of events.all()) {
    for (const item of event.firing?.pendingItems() ?? []) waiting.push(item); // there may be very many
    if (event.hasNext) waiting.push(waitingFiring(event));
  }
  for (const ends of ['startup', 'shutdown'] as const) {
    const phase = PHASES[(life[ends].firing?.begun ?? 0) - 1];
    if (phase === undefined) continue;
    for (const item of life.services.waiting(ends, phase)) waiting.push(item);
  }
  return waiting;
}

/** A firing that was requested and has not begun. */
export function waitingFiring({ type }: SystemEvent): PendingItem {
  return { kind: 'firing', name: eventName(type), event: type, age: 0 };
}
