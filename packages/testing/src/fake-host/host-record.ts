/** What a fake host has been asked for, and what of it is still held. */
export class HostRecord {
  readonly calls: Record<string, number> = {};
  readonly #held: Set<object> = new Set();

  get outstanding(): number {
    return this.#held.size;
  }

  /** `fn`, counted under `name` each time it is called. */
  counted<A extends readonly unknown[], R>(name: string, fn: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      this.calls[name] = (this.calls[name] ?? 0) + 1;
      return fn(...args);
    };
  }

  /** The host owes or holds this until it is released. */
  hold(item: object): void {
    this.#held.add(item);
  }

  release(item: object): void {
    this.#held.delete(item);
  }
}
