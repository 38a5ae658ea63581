import { nameOf } from './printable.ts';
import type { Slice } from './slice.ts';

const CHUNK = 1_024; // a power of two: the place in a chunk is a mask

interface Chunk {
  readonly slots: ((() => unknown) | undefined)[];
  next: Chunk | undefined;
}

/**
 * What runs next turn, first in, first out (C34, C37): chunks of a fixed size and one spare, since an array that shrinks grows again
 * with each batch (benchmark: P6).
 */
export class CallQueue {
  #head: Chunk = newChunk();
  #tail: Chunk = this.#head;
  #spare: Chunk | undefined;
  #taken = 0;
  #pushed = 0;

  /** How many have ever been queued: the place that the next one gets. */
  get pushed(): number {
    return this.#pushed;
  }

  /** How many have ever been taken out to run. */
  get taken(): number {
    return this.#taken;
  }

  get size(): number {
    return this.#pushed - this.#taken;
  }

  push(fn: () => unknown): void {
    const place = this.#pushed & (CHUNK - 1);
    if (place === 0 && this.#pushed !== this.#taken) {
      const chunk = this.#spare ?? newChunk();
      this.#spare = undefined;
      this.#tail = this.#tail.next = chunk;
    }
    this.#tail.slots[place] = fn;
    this.#pushed++;
  }

  /** Runs those that are queued now, until the slice is spent; what they queue is for the next turn (C34). */
  run(slice: Slice, invoke: (fn: () => unknown) => void): void {
    const end = this.#pushed;
    let taken = this.#taken;
    while (taken < end) {
      const { slots } = this.#head;
      const chunkEnd = Math.min(end, (taken | (CHUNK - 1)) + 1);
      while (taken < chunkEnd) {
        const place = taken & (CHUNK - 1);
        const fn = slots[place];
        slots[place] = undefined;
        this.#taken = ++taken;
        if (place === CHUNK - 1) this.#nextChunk();
        if (fn !== undefined) invoke(fn);
        if (slice.spent()) return;
      }
    }
  }

  /** Their names, in order. */
  names(): string[] {
    const names: string[] = [];
    let chunk: Chunk | undefined = this.#head;
    for (let i = this.#taken; i < this.#pushed && chunk !== undefined; i++) {
      names.push(callName(chunk.slots[i & (CHUNK - 1)]));
      if ((i & (CHUNK - 1)) === CHUNK - 1) chunk = chunk.next;
    }
    return names;
  }

  #nextChunk(): void {
    const used = this.#head;
    if (used.next === undefined) return; // the only one: it is used again from its first slot on
    this.#head = used.next;
    used.next = undefined;
    this.#spare = used;
  }
}

function newChunk(): Chunk {
  return { slots: new Array<(() => unknown) | undefined>(CHUNK), next: undefined }; // not filled: each place is written before it is read
}

/** What a call without a name of its own is called. */
export function callName(fn: (() => unknown) | undefined): string {
  return nameOf(fn) || 'anonymous';
}
