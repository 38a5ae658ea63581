import { setImmediate as nextImmediate } from 'node:timers/promises';

/** Above the least heap of the first rounds, for as long as a soak lasts. Bytes. */
const HEAP_GROWTH = 2 * 1024 * 1024;
/** Until then functions are compiled that have not been called before. Rounds. */
const WARM_UP = 10;

/** What the process holds, against what it held before: handles, the heap, reactors that nobody has any more. */
export class Leftovers {
  readonly #gc: NonNullable<typeof globalThis.gc>;
  readonly #baseline: string;
  /** Those of this round, and what of the round before was alive after it: the last one may be on a stack that is gone by now. */
  #reactors: WeakRef<object>[] = [];
  #older: WeakRef<object>[] = [];
  #rounds = 0;
  #leastHeap = Infinity;
  #heap = 0;

  private constructor(gc: NonNullable<typeof globalThis.gc>) {
    this.#gc = gc;
    this.#baseline = handles();
  }

  /** What the process holds from now on is too much. Throws without `node --expose-gc`. */
  static async begin(): Promise<Leftovers> {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error('a soak needs node --expose-gc');
    // What the start of the process has left is closed by then.
    for (let hops = 0; hops < 3; hops++) await nextImmediate();
    return new Leftovers(gc);
  }

  /** To be gone by the next check. */
  follow(reactor: object): void {
    this.#reactors.push(new WeakRef(reactor));
  }

  /** What is left over; empty when nothing is. */
  async check(): Promise<string[]> {
    // What a promise or a timer still holds is let go by then.
    for (let hops = 0; hops < 3; hops++) await nextImmediate();
    this.#gc();
    await nextImmediate();
    this.#gc();
    const found: string[] = [];
    const kept = this.#older.filter((reference) => reference.deref() !== undefined).length;
    if (kept > 0) found.push(`C43: ${String(kept)} reactors of the round before cannot be collected`);
    this.#older = this.#reactors.filter((reference) => reference.deref() !== undefined);
    this.#reactors = [];
    const now = handles();
    if (now !== this.#baseline) found.push(`C30, N1: the process holds "${now}" instead of "${this.#baseline}"`);
    this.#heap = process.memoryUsage().heapUsed;
    if (++this.#rounds <= WARM_UP) this.#leastHeap = Math.min(this.#leastHeap, this.#heap);
    else if (this.#heap > this.#leastHeap + HEAP_GROWTH)
      found.push(`C43: the heap has grown from ${megabytes(this.#leastHeap)} to ${megabytes(this.#heap)}`);
    return found;
  }

  /** `heap 9.1 MB, at first 8.7 MB` */
  toString(): string {
    return `heap ${megabytes(this.#heap)}, at first ${megabytes(this.#leastHeap)}`;
  }
}

function handles(): string {
  return process.getActiveResourcesInfo().sort().join(', ');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
