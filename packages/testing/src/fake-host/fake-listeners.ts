import type { HostRecord } from './host-record.ts';

/** A listener as a page or a process takes it. */
export type Listener = ((...args: readonly unknown[]) => unknown) | { handleEvent(event: unknown): unknown };

interface Registration {
  readonly listener: Listener;
  readonly once: boolean;
}

/** Listeners by event, of a page or of a process; each that is there counts as outstanding. */
export class FakeListeners {
  readonly #record: HostRecord;
  readonly #listeners: Map<unknown, Registration[]> = new Map();

  constructor(record: HostRecord) {
    this.#record = record;
  }

  add(event: unknown, listener: Listener, once = false, first = false): void {
    const registration = { listener, once };
    const all = this.#of(event);
    if (first) all.unshift(registration);
    else all.push(registration);
    this.#listeners.set(event, all);
    this.#record.hold(registration);
  }

  has(event: unknown, listener: Listener): boolean {
    return this.of(event).includes(listener);
  }

  remove(event: unknown, listener: Listener): void {
    const all = this.#of(event);
    const index = this.of(event).lastIndexOf(listener);
    const [registration] = index < 0 ? [] : all.splice(index, 1);
    if (registration !== undefined) this.#record.release(registration);
    if (all.length === 0) this.#listeners.delete(event);
  }

  of(event: unknown): Listener[] {
    return this.#of(event).map(({ listener }) => listener);
  }

  events(): unknown[] {
    return [...this.#listeners.keys()];
  }

  /** Calls those that are there now, in order. */
  call(event: unknown, args: readonly unknown[]): void {
    for (const { listener, once } of [...this.#of(event)]) {
      if (once) this.remove(event, listener);
      if (typeof listener === 'function') listener(...args);
      else listener.handleEvent(args[0]);
    }
  }

  #of(event: unknown): Registration[] {
    return this.#listeners.get(event) ?? [];
  }
}
