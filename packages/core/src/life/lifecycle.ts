import { callName } from '../turn/call-queue.ts';
import type { TriggerHandle } from '../ground/events.ts';
import { Life } from './life.ts';
import type { PendingItem } from '../ground/observer.ts';
import { pendingFirings, waitingFiring } from './pending.ts';
import { nameOf } from '../ground/printable.ts';
import { notRunning } from './refusals.ts';
import type { Service, ServiceHost } from '../services/service.ts';
import type { ServiceLife } from '../services/service-life.ts';
import { waitingWork, workInFlight } from './work.ts';

/** Adds services, work in flight and `callWhenRunning` to the life of a reactor. */
export class Lifecycle extends Life {
  callWhenRunning(fn: () => unknown): TriggerHandle | undefined {
    const call = (): void => {
      this.env.watch(fn(), 'trigger', callName(fn));
    };
    if (this.running) {
      call();
      return undefined;
    }
    const { state } = this;
    // A setup that goes on after a stop may still register: the function is never called (N7).
    const isHeld = this.current?.startup === undefined && this.lifeEvents.startup.firing === undefined;
    if (state !== 'starting' && !isHeld) throw notRunning('callWhenRunning()', state);
    return this.lifeEvents.startup.add('after', call, { name: nameOf(fn), every: false });
  }

  waitUntil(promise: unknown, name: string): void {
    const run = this.current;
    const { firing, lists } = this.lifeEvents.shutdown;
    // Work given while a crash ends the shutdown is kept for the next run (C57).
    const holding = firing?.isCut === false ? firing : undefined;
    const begun = holding?.begun ?? 0;
    const isInPhase = holding?.isInPhase === true;
    const list = lists[isInPhase ? begun - 1 : begun];
    if (list === undefined || run?.hasPassed('shutdown') === true) throw notRunning('waitUntil()', this.state);
    const work = workInFlight(list, promise, name, this.env, run, () => this.current);
    if (isInPhase) holding.call(work);
    else list.add(work);
  }

  use(service: Service, app: ServiceHost): void {
    const { firing } = this.lifeEvents.startup;
    const isOver = firing?.isCut ?? this.current?.hasPassed('startup') === true;
    this.lifeEvents.services.use(service, app, isOver ? Infinity : (firing?.begun ?? 0), (event) =>
      this.events.limitsOf(event),
    );
  }

  get inside(): ServiceLife {
    return this.lifeEvents;
  }

  get leadTime(): number {
    return this.lifeEvents.services.leadTime;
  }

  describe(): string {
    return this.lifeEvents.services.describe();
  }

  /** Work in flight, triggers, services and firings that are waiting or pending (C47). */
  pending(): PendingItem[] {
    const { firing, lists } = this.lifeEvents.shutdown;
    const isHolding = (firing ?? this.current?.shutdown) !== undefined;
    return [
      ...(isHolding ? [] : waitingWork(lists, this.env.now())),
      ...pendingFirings(this.events, this.lifeEvents),
      ...(this.lifeEvents.changes?.pending() ?? []),
      ...this.hostEvents.waiting.map(waitingFiring),
    ];
  }
}
