import type { ScheduledCall } from './delayed-call.ts';

const MIN_CAPACITY = 32;

/**
 * A 4-ary min-heap of timed calls by (time, order). The keys are in a typed array, two numbers per call, so that comparing reads no
 * objects (benchmark: P3). Each call stores its index, so that any call can be removed in O(log n) (C43).
 */
export class DeadlineHeap {
  /** The calls; the first one has the lowest key, the others are in no particular order. */
  calls: ScheduledCall[] = [];
  #keys: Float64Array = new Float64Array(2 * MIN_CAPACITY);

  timeAt(index: number): number {
    return this.#keys[2 * index] as number; // callers pass the index of a call
  }

  orderAt(index: number): number {
    return this.#keys[2 * index + 1] as number; // callers pass the index of a call
  }

  add(call: ScheduledCall, time: number, order: number): void {
    const index = this.calls.push(call) - 1;
    if (2 * index === this.#keys.length) this.#resize(index + (index >> 1));
    this.#siftUp(index, call, time, order);
  }

  /** Removes the call at `index`. The caller changes the index that the call stores. */
  remove(index: number): void {
    const last = this.calls.pop();
    const count = this.calls.length;
    if (last !== undefined && index < count) this.#place(index, last, this.timeAt(count), this.orderAt(count));
    if (count > MIN_CAPACITY && 8 * count < this.#keys.length) {
      this.#resize(2 * count);
      this.calls = this.calls.slice(); // V8 doesn't shrink an array on pop() in optimized code
    }
  }

  /** Gives the call at `index` a new key. */
  update(index: number, time: number, order: number): void {
    this.#place(index, this.calls[index] as ScheduledCall, time, order); // callers pass the index of a call
  }

  /** Puts a call at `index`, or above or below it where its key requires that. */
  #place(index: number, call: ScheduledCall, time: number, order: number): void {
    const parent = (index - 1) >> 2;
    if (index > 0 && precedes(time, order, this.timeAt(parent), this.orderAt(parent)))
      this.#siftUp(index, call, time, order);
    else this.#siftDown(index, call, time, order);
  }

  #siftUp(start: number, call: ScheduledCall, time: number, order: number): void {
    const { calls } = this;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      const parentTime = this.timeAt(parent);
      const parentOrder = this.orderAt(parent);
      if (precedes(parentTime, parentOrder, time, order)) break;
      this.#set(index, calls[parent] as ScheduledCall, parentTime, parentOrder); // a parent is inside the heap
      index = parent;
    }
    this.#set(index, call, time, order);
  }

  #siftDown(start: number, call: ScheduledCall, time: number, order: number): void {
    const { calls } = this;
    const count = calls.length;
    let index = start;
    for (;;) {
      let child = 4 * index + 1;
      if (child >= count) break;
      const end = Math.min(child + 4, count);
      let first = child;
      let firstTime = this.timeAt(child);
      let firstOrder = this.orderAt(child);
      while (++child < end) {
        const childTime = this.timeAt(child);
        if (childTime > firstTime) continue;
        const childOrder = this.orderAt(child);
        if (childTime === firstTime && childOrder > firstOrder) continue;
        first = child;
        firstTime = childTime;
        firstOrder = childOrder;
      }
      if (precedes(time, order, firstTime, firstOrder)) break;
      this.#set(index, calls[first] as ScheduledCall, firstTime, firstOrder); // a child was found inside the heap
      index = first;
    }
    this.#set(index, call, time, order);
  }

  #set(index: number, call: ScheduledCall, time: number, order: number): void {
    this.#keys[2 * index] = time;
    this.#keys[2 * index + 1] = order;
    this.calls[index] = call;
    call.index = index;
  }

  #resize(capacity: number): void {
    const keys = new Float64Array(2 * capacity);
    keys.set(this.#keys.subarray(0, 2 * Math.min(this.calls.length, capacity)));
    this.#keys = keys;
  }
}

/** Whether one key comes before another (C40). No two calls have the same order number. */
function precedes(time: number, order: number, otherTime: number, otherOrder: number): boolean {
  return time < otherTime || (time === otherTime && order < otherOrder);
}
