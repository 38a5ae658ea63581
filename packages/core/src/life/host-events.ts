import type { FiringReport } from '../events/firing-report.ts';
import type { SystemEvent } from '../events/system-event.ts';

/** One that was asked for and has not begun; without an event it is what comes after those before it. */
interface HostFiring {
  readonly event: SystemEvent | undefined;
  readonly begin: () => unknown;
  /** Set once the host goes away: it is fired as terminal, and what is under way of its type is escalated. */
  terminal: { readonly reason: unknown } | undefined;
}

/** How a host fires an event. */
interface HostFireOptions {
  readonly terminal: boolean;
  readonly undoes?: unknown;
}

/**
 * The events that a host fires: one after the other, never two at once, since a page that is hidden, shown and hidden again must hear
 * of it in that order. A terminal one cannot wait for promises: what is under way is escalated, what waits is fired, all of it now; only
 * another terminal one has its grace first (C32).
 */
export class HostEvents {
  readonly #waiting: HostFiring[] = [];
  #current: SystemEvent | undefined;
  /** The synchronous part of a firing is on the stack: the loop below it goes on. */
  #launching = false;

  fire(event: SystemEvent, detail: unknown, { terminal, undoes }: HostFireOptions, reason: unknown): void {
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

  /** Fires all that waits, now, and escalates what is under way: the host goes away (C32). Then, in the same task, `over`. */
  flush(reason: unknown, over: () => void): void {
    this.#waiting.push({ event: undefined, begin: over, terminal: undefined });
    this.#flush(reason);
  }

  /** Those that were to be fired and have not been. */
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

  readonly #goOn = (): void => {
    this.#next();
  };

  #next(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#current !== undefined) return;
      const { event, terminal } = next;
      const underWay = event?.underWay;
      if (underWay !== undefined && terminal === undefined) {
        // Somebody else fires this type: it comes when that is over.
        void underWay.then(() => {
          this.#next();
        });
        return;
      }
      if (terminal !== undefined) event?.firing?.escalate(terminal.reason);
      if (this.#waiting[0] !== next) continue; // what heard of that has gone on
      if (event?.firing !== undefined) {
        // A trigger of it is on the stack: it ends in this task, as soon as that has returned.
        event.firing.onOver = this.#goOn;
        return;
      }
      this.#waiting.shift();
      next.begin();
    }
  }

  #launch(event: SystemEvent, detail: unknown, terminal: boolean): void {
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
        if (this.#current === event) this.#current = undefined;
        this.#next();
      });
  }
}
