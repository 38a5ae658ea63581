import type { HostControl } from '../ground/host-control.ts';
import type { FiringReport } from '../events/firing-report.ts';
import type { SystemEvent } from '../events/system-event.ts';

/** A firing that was requested and has not begun. Without `event`: an action that runs after the firings before it. */
interface HostFiring {
  readonly event: SystemEvent | undefined;
  readonly begin: () => unknown;
  /** Set when the host is closing: it is fired as terminal, and a firing of its type that is under way is escalated. */
  terminal: { readonly reason: unknown } | undefined;
}

/**
 * The events that a host fires, one after the other: the triggers of a page that is hidden, shown and hidden again must be called in that
 * order. A terminal event can't wait for promises: the firing under way is escalated, and all waiting events are fired in the same task.
 * Only a terminal firing under way may still use its 64 microtasks first (C32).
 */
export class HostEvents {
  readonly #waiting: HostFiring[] = [];
  /** The event that was fired last, until its firing is over. */
  #current: SystemEvent | undefined;
  /** The number of its firing. */
  #launched = 0;
  /** `#launch` is on the stack, called by the loop in `#next`, which goes on when it returns. */
  #launching = false;

  fire(
    event: SystemEvent,
    detail: unknown,
    { terminal, undoes }: Parameters<HostControl['fire']>[2],
    reason: unknown,
  ): void {
    const last = this.#waiting.at(-1)?.event;
    if (undoes !== undefined && last?.type === undoes) this.#waiting.pop();
    else {
      const firing: HostFiring = {
        event,
        begin: () => {
          this.#launch(event, detail, firing.terminal !== undefined);
        },
        terminal: undefined,
      };
      this.#waiting.push(firing);
    }
    if (terminal) this.#flush(reason);
    else this.#next();
  }

  /** The host is closing: escalates the firing under way, fires all waiting events as terminal, then calls `over` (C32). */
  flush(reason: unknown, over: () => void): void {
    this.#waiting.push({ event: undefined, begin: over, terminal: undefined });
    this.#flush(reason);
  }

  /** The events that were requested and have not been fired. */
  get waiting(): readonly SystemEvent[] {
    return this.#waiting.flatMap(({ event }) => event ?? []);
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#current = undefined;
  }

  #flush(reason: unknown): void {
    for (const firing of this.#waiting) firing.terminal ??= { reason };
    const underWay = this.#current?.firing;
    if (underWay?.terminal === false) {
      underWay.escalate(reason);
      if (!this.#launching) this.#current = undefined;
    }
    this.#next();
  }

  readonly #onOver = (): void => {
    this.#next();
  };

  /** Fires the waiting events in order, until one has to wait. */
  #next(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#current !== undefined) return;
      const { event, terminal } = next;
      const underWay = event?.underWay;
      if (underWay !== undefined && terminal === undefined) {
        // The program has fired an event of this type: this one follows when that is over.
        void underWay.then(() => {
          this.#next();
        });
        return;
      }
      if (terminal !== undefined) event?.firing?.escalate(terminal.reason);
      if (this.#waiting[0] !== next) continue; // an abort listener has fired it already
      if (event?.firing !== undefined) {
        // One of its triggers is on the stack. The firing ends when that returns, still in this task.
        event.firing.onOver = this.#onOver;
        return;
      }
      this.#waiting.shift();
      next.begin();
    }
  }

  #launch(event: SystemEvent, detail: unknown, terminal: boolean): void {
    const launched = ++this.#launched;
    this.#current = event;
    this.#launching = true;
    let isOver = false as boolean;
    const over: Promise<FiringReport> = event.launch(detail, {
      terminal,
      over: () => {
        isOver = true;
      },
    });
    this.#launching = false;
    if (isOver) this.#current = undefined;
    else
      void over.then(() => {
        if (this.#launched === launched) this.#current = undefined; // else it was given up: the run has crashed
        this.#next();
      });
  }
}
