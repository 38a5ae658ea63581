import type { SystemEvent } from '../events/system-event.ts';
import type { Aborted } from '../events/trigger-call.ts';
import type { StopReason } from '../ground/host.ts';

/** One event that the host fires. */
interface HostFiring {
  /** Undefined for the shutdown, which the run fires. */
  readonly event: SystemEvent | undefined;
  readonly begin: (firing: HostFiring) => void;
  /**
   * `waiting`: it waits for those before it. `launching`: its synchronous part is on the stack. `pending`: it waits for promises of its
   * triggers. `over`: the next one may begin.
   */
  state: 'waiting' | 'launching' | 'pending' | 'over';
  /** Set when the host is closing: it is fired as terminal, and a firing of its type that is under way is escalated. */
  terminal: Aborted | undefined;
}

/**
 * The events that a host fires, one after the other: the triggers of a page that is hidden, shown and hidden again must be called in that
 * order.
 *
 * A terminal event can't wait for promises: it escalates the firing under way, and all waiting events are fired in the same task. Only a
 * terminal firing under way may still use its 64 microtasks first (C32).
 */
export class HostEvents {
  readonly #waiting: HostFiring[] = [];
  /** The one that began last. */
  #current: HostFiring | undefined;

  /** Fires `event` after those before it. If the last waiting event has the type `undoes`, removes that one instead (B8). */
  fire(event: SystemEvent, detail: unknown, terminal: boolean, undoes: unknown): void {
    const last = this.#waiting.at(-1)?.event;
    if (undoes !== undefined && last?.type === undoes) this.#waiting.pop();
    else
      this.#add(event, (firing) => {
        this.#launch(firing, event, detail);
      });
    if (terminal) this.#hurry({ kind: 'terminal', cause: event.type });
    else this.#advance();
  }

  /** The host is closing: fires all waiting events as terminal, then calls `shutDown` (C32). */
  close(reason: StopReason, shutDown: () => void): void {
    this.#add(undefined, (firing) => {
      firing.state = 'over';
      shutDown();
    });
    this.#hurry(reason);
  }

  /** The events that were requested and have not been fired. */
  get waiting(): readonly SystemEvent[] {
    return this.#waiting.flatMap(({ event }) => event ?? []);
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#current = undefined;
  }

  #add(event: SystemEvent | undefined, begin: HostFiring['begin']): void {
    this.#waiting.push({ event, begin, state: 'waiting', terminal: undefined });
  }

  /** From now on no event waits for promises, except for those of a terminal firing under way. */
  #hurry(reason: StopReason): void {
    for (const firing of this.#waiting) firing.terminal ??= { reason };
    const current = this.#current;
    if (isUnderWay(current) && current.terminal === undefined) {
      current.event?.firing?.escalate(reason);
      // The next event doesn't wait for this firing any longer. It may end later: one of its triggers may be on the stack and have called us.
      if (current.state === 'pending') current.state = 'over';
    }
    this.#advance();
  }

  /** Begins the waiting events in order, until one has to wait. May be called at any time. */
  readonly #advance = (): void => {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (isUnderWay(this.#current) || this.#waitsForProgram(next)) return;
      if (this.#waiting[0] !== next) continue; // an abort listener has fired it already
      this.#waiting.shift();
      this.#current = next;
      next.begin(next);
    }
  };

  /** Whether the program has fired an event of this type, which is under way: this one begins when that is over. */
  #waitsForProgram({ event, terminal }: HostFiring): boolean {
    if (terminal === undefined) {
      const whenOver = event?.whenOver;
      void whenOver?.then(this.#advance);
      return whenOver !== undefined;
    }
    event?.firing?.escalate(terminal.reason);
    // If it is still under way, one of its triggers is on the stack. It ends when that returns, still in this task.
    if (event?.firing === undefined) return false;
    event.firing.onOver = this.#advance;
    return true;
  }

  #launch(firing: HostFiring, event: SystemEvent, detail: unknown): void {
    let isOver = false as boolean;
    firing.state = 'launching';
    const promise = event.launch(detail, {
      terminal: firing.terminal !== undefined,
      onOver: () => {
        isOver = true;
      },
    });
    firing.state = isOver ? 'over' : 'pending';
    if (isOver) return;
    void promise.then(() => {
      firing.state = 'over';
      this.#advance();
    });
  }
}

function isUnderWay(firing: HostFiring | undefined): firing is HostFiring {
  return firing?.state === 'launching' || firing?.state === 'pending';
}
