import type { ScheduledCall } from './delayed-call.ts';

const MIN_CAPACITY = 32;
const NO_GAP = -1;

/**
 * A 4-ary min-heap of timed calls by (time, order). The keys are in a typed array, two numbers per call, so that comparing reads no
 * objects (benchmark: P3). Each call stores its index, so that any call can be removed in O(log n) (C43).
 *
 * Removing a call leaves a gap, which the next added call fills. So replacing one timeout by another moves no third call (benchmarks: P1,
 * P2). All other operations first move the last call into the gap.
 */
export class DeadlineHeap {
  /** `undefined` at the gap. */
  #calls: (ScheduledCall | undefined)[] = [];
  #keys: Float64Array = new Float64Array(2 * MIN_CAPACITY);
  /** The index of the gap, or `NO_GAP`. */
  #gap = NO_GAP;

  /** The calls; the first one has the lowest key, the others are in no particular order. */
  get calls(): ScheduledCall[] {
    this.#closeGap();
    return this.#calls as ScheduledCall[]; // without a gap
  }

  timeAt(index: number): number {
    return this.#keys[2 * index] as number; // callers pass the index of a call
  }

  orderAt(index: number): number {
    return this.#keys[2 * index + 1] as number; // callers pass the index of a call
  }

  add(call: ScheduledCall, time: number, order: number): void {
    const gap = this.#gap;
    if (gap !== NO_GAP) {
      this.#gap = NO_GAP;
      this.#place(gap, call, time, order);
      return;
    }
    const index = this.#calls.push(call) - 1;
    if (2 * index === this.#keys.length) this.#resize(index + (index >> 1));
    this.#siftUp(index, call, time, order);
  }

  /** Removes a call. The caller changes the index that the call stores. */
  remove(call: ScheduledCall): void {
    this.#closeGap(); // this may change call.index
    this.#gap = call.index;
    this.#calls[call.index] = undefined; // so that the heap doesn't keep it alive (C41)
  }

  /** Gives a call a new key. */
  update(call: ScheduledCall, time: number, order: number): void {
    this.#closeGap();
    this.#place(call.index, call, time, order);
  }

  #closeGap(): void {
    if (this.#gap !== NO_GAP) this.#fillGap();
  }

  /** Moves the last call into the gap. */
  #fillGap(): void {
    const gap = this.#gap;
    this.#gap = NO_GAP;
    const last = this.#calls.pop();
    const count = this.#calls.length;
    if (gap < count) this.#place(gap, last as ScheduledCall, this.timeAt(count), this.orderAt(count)); // the gap was inside the heap
    if (count > MIN_CAPACITY && 8 * count < this.#keys.length) {
      this.#resize(2 * count);
      this.#calls = this.#calls.slice(); // V8 doesn't shrink an array on pop() in optimized code
    }
  }

  /** Puts a call at `index`, or above or below it where its key requires that. A call without children can only move up (benchmarks: P1, P2). */
  #place(index: number, call: ScheduledCall, time: number, order: number): void {
    const isLeaf = 4 * index + 1 >= this.#calls.length;
    if (isLeaf || this.#isBeforeParent(index, time, order)) this.#siftUp(index, call, time, order);
    else this.#siftDown(index, call, time, order);
  }

  #isBeforeParent(index: number, time: number, order: number): boolean {
    const parent = (index - 1) >> 2;
    return index > 0 && precedes(time, order, this.timeAt(parent), this.orderAt(parent));
  }

  #siftUp(start: number, call: ScheduledCall, time: number, order: number): void {
    const calls = this.#calls;
    const keys = this.#keys;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      const parentTime = at(keys, 2 * parent);
      const parentOrder = at(keys, 2 * parent + 1);
      if (precedes(parentTime, parentOrder, time, order)) break;
      put(keys, calls, index, calls[parent] as ScheduledCall, parentTime, parentOrder); // a parent is inside the heap
      index = parent;
    }
    put(keys, calls, index, call, time, order);
  }

  #siftDown(start: number, call: ScheduledCall, time: number, order: number): void {
    const calls = this.#calls;
    const keys = this.#keys;
    const count = calls.length;
    let index = start;
    for (;;) {
      let child = 4 * index + 1;
      if (child >= count) break;
      const end = Math.min(child + 4, count);
      let first = child;
      let firstTime = at(keys, 2 * child);
      let firstOrder = at(keys, 2 * child + 1);
      while (++child < end) {
        const childTime = at(keys, 2 * child);
        if (childTime > firstTime) continue;
        const childOrder = at(keys, 2 * child + 1);
        if (childTime === firstTime && childOrder > firstOrder) continue;
        first = child;
        firstTime = childTime;
        firstOrder = childOrder;
      }
      if (precedes(time, order, firstTime, firstOrder)) break;
      put(keys, calls, index, calls[first] as ScheduledCall, firstTime, firstOrder); // a child was found inside the heap
      index = first;
    }
    put(keys, calls, index, call, time, order);
  }

  #resize(capacity: number): void {
    const keys = new Float64Array(2 * capacity);
    keys.set(this.#keys.subarray(0, 2 * Math.min(this.#calls.length, capacity)));
    this.#keys = keys;
  }
}

/** Whether one key comes before another (C40). No two calls have the same order number. */
function precedes(time: number, order: number, otherTime: number, otherOrder: number): boolean {
  return time < otherTime || (time === otherTime && order < otherOrder);
}

function at(keys: Float64Array, index: number): number {
  return keys[index] as number; // callers stay inside the heap
}

function put(
  keys: Float64Array,
  calls: (ScheduledCall | undefined)[],
  index: number,
  call: ScheduledCall,
  time: number,
  order: number,
): void {
  keys[2 * index] = time;
  keys[2 * index + 1] = order;
  calls[index] = call;
  call.index = index;
}
