import { nameOf } from '../ground/printable.ts';
import type { Slice } from './slice.ts';

const CHUNK = 1_024; // a power of two, so that a bit mask gives the place in a chunk

interface Chunk {
  readonly slots: ((() => unknown) | undefined)[];
  next: Chunk | undefined;
}

/**
 * The queue of calls for the next turn, first in, first out (C34, C37). It is a list of chunks of a fixed size, and one spare chunk: an
 * array that is emptied would be enlarged again for each batch (benchmark: P6).
 */
export class CallQueue {
  #head: Chunk = newChunk();
  #tail: Chunk = this.#head;
  #spare: Chunk | undefined;
  #taken = 0;
  #pushed = 0;

  /** The number of calls queued so far. */
  get pushed(): number {
    return this.#pushed;
  }

  /** The number of calls taken out so far to run. */
  get taken(): number {
    return this.#taken;
  }

  /** The number of calls in the queue. */
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

  /** Runs the calls that are queued now, until the slice is spent. Calls queued meanwhile are for the next turn (C34). */
  run(slice: Slice, invoke: (fn: () => unknown) => void): void {
    const end = this.#pushed;
    let taken = this.#taken;
    while (taken < end) {
      const { slots } = this.#head;
      // Not `(taken | (CHUNK - 1)) + 1`: from 2^31 on, that is negative.
      const chunkEnd = Math.min(end, taken - (taken & (CHUNK - 1)) + CHUNK);
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

  /** The names of the queued calls, in order. */
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
    if (used.next === undefined) return; // the only chunk is used again from its first slot
    this.#head = used.next;
    used.next = undefined;
    this.#spare = used;
  }
}

function newChunk(): Chunk {
  return { slots: new Array<(() => unknown) | undefined>(CHUNK), next: undefined }; // not filled: each slot is written before it is read
}

/** The name of a function in reports; `anonymous` when it has none. */
export function callName(fn: (() => unknown) | undefined): string {
  return nameOf(fn) || 'anonymous';
}
