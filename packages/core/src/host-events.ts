import type { FiringReport } from './firing-report.ts';
import type { SystemEvent } from './system-event.ts';

interface HostFiring {
  readonly event: SystemEvent;
  readonly detail: unknown;
}

/**
 * The events that a host fires: one after the other, never two at once, since a page that is hidden, shown and hidden again must hear
 * of it in that order. A terminal one cannot wait: what is under way is escalated, what waits is fired, all of it now (C32).
 */
export class HostEvents {
  readonly #waiting: HostFiring[] = [];
  #current: SystemEvent | undefined;

  fire(event: SystemEvent, detail: unknown, terminal: boolean, reason: unknown): void {
    this.#waiting.push({ event, detail });
    if (terminal) this.flush(reason);
    else this.#next();
  }

  /** Those that were to be fired and have not been. */
  get waiting(): readonly SystemEvent[] {
    return this.#waiting.map(({ event }) => event);
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#current = undefined;
  }

  #next(): void {
    const next = this.#waiting[0];
    if (next === undefined || this.#current !== undefined) return;
    const underWay = next.event.underWay;
    if (underWay !== undefined) {
      // Somebody else fires this type: it comes when that is over.
      void underWay.then(() => {
        this.#next();
      });
      return;
    }
    this.#waiting.shift();
    this.#follow(next.event, next.event.launch(next.detail, {}));
  }

  /** Fires all that waits, now, and escalates what is under way: the host goes away (C32). */
  flush(reason: unknown): void {
    this.#current?.firing?.escalate(reason);
    this.#current = undefined;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.event.firing?.escalate(reason);
      this.#follow(next.event, next.event.launch(next.detail, { terminal: true }));
    }
  }

  #follow(event: SystemEvent, over: Promise<FiringReport>): void {
    if (event.firing === undefined) return;
    this.#current = event;
    void over.then(() => {
      if (this.#current === event) this.#current = undefined;
      this.#next();
    });
  }
}
