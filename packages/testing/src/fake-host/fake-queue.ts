import { fakeHandle } from './fake-timers.ts';
import type { HostRecord } from './host-record.ts';

interface Entry<A extends readonly unknown[]> {
  readonly callback: (...args: A) => void;
}

/** Callbacks that a host calls once, in order, when it is told to: immediates, frames, microtasks. */
export class FakeQueue<A extends readonly unknown[] = []> {
  readonly #record: HostRecord;
  readonly #entries: Map<unknown, Entry<A>> = new Map();
  readonly #createHandle: () => unknown;

  /** `createHandle`: what `add` gives; default an object as Node's immediates are. */
  constructor(record: HostRecord, createHandle: () => unknown = fakeHandle) {
    this.#record = record;
    this.#createHandle = createHandle;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  add(callback: (...args: A) => void): unknown {
    const handle = this.#createHandle();
    const entry = { callback };
    this.#entries.set(handle, entry);
    this.#record.hold(entry);
    return handle;
  }

  cancel(handle: unknown): void {
    const entry = this.#entries.get(handle);
    if (entry === undefined) return;
    this.#entries.delete(handle);
    this.#record.release(entry);
  }

  /** Runs the first one. */
  runOne(...args: A): boolean {
    for (const [handle, { callback }] of this.#entries) {
      this.cancel(handle);
      callback(...args);
      return true;
    }
    return false;
  }

  /** Runs those that are there now; what they add waits for the next time, what they cancel does not run. */
  runPresent(...args: A): void {
    for (const [handle, entry] of [...this.#entries]) {
      if (this.#entries.get(handle) !== entry) continue;
      this.cancel(handle);
      entry.callback(...args);
    }
  }
}
