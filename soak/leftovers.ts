/** All kinds but `process`: finds leaks of memory, timers and reactors between the rounds of the soak. */
import { setImmediate as nextImmediate } from 'node:timers/promises';

/** How much larger the heap may be than its least size in the first rounds. Bytes. */
const HEAP_GROWTH = 2 * 1024 * 1024;
/** The number of first rounds. In these, V8 still compiles functions that are called for the first time. */
const WARM_UP = 10;

/** Compares the handles, the heap and the live reactors of the process with those at the beginning. */
export class Leftovers {
  readonly #gc: NonNullable<typeof globalThis.gc>;
  readonly #baseline: string;
  /** The reactors of this round. */
  #reactors: WeakRef<object>[] = [];
  /** The reactors of the last round that were still alive at its end: the last one may have been on the stack. */
  #older: WeakRef<object>[] = [];
  #rounds = 0;
  #leastHeap = Infinity;
  #heap = 0;

  private constructor(gc: NonNullable<typeof globalThis.gc>) {
    this.#gc = gc;
    this.#baseline = handles();
  }

  /** Takes what the process holds now as the baseline. Throws without `node --expose-gc`. */
  static async begin(): Promise<Leftovers> {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error('a soak needs node --expose-gc');
    // By then, the handles that Node uses while it starts are closed.
    for (let hops = 0; hops < 3; hops++) await nextImmediate();
    return new Leftovers(gc);
  }

  /** This reactor must be garbage at the second check from now. */
  follow(reactor: object): void {
    this.#reactors.push(new WeakRef(reactor));
  }

  /** Returns a message for each kind of leak; empty if there is none. */
  async check(): Promise<string[]> {
    // By then, no promise or timer of a finished life refers to its reactor.
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
