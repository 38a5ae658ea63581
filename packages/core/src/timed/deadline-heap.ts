import type { ScheduledCall } from './delayed-call.ts';

const smallest = 32;

/**
 * A 4-ary heap of calls by (deadline, order). The keys stand in a typed array, two numbers a call, so that sifting reads no objects;
 * each call knows its index, so that cancelling takes it out at once (C43).
 */
export class DeadlineHeap {
  readonly calls: ScheduledCall[] = [];
  #keys: Float64Array = new Float64Array(2 * smallest);
  readonly #none: ScheduledCall;

  /** `none` is what an empty heap gives as its first call. */
  constructor(none: ScheduledCall) {
    this.#none = none;
  }

  first(): ScheduledCall {
    return this.calls[0] ?? this.#none;
  }

  add(call: ScheduledCall): void {
    const index = this.calls.push(call) - 1;
    if (2 * index === this.#keys.length) this.#resize(index + (index >> 1));
    this.#rise(index, call, call.time, call.order);
  }

  /** Takes out the call at `index`. Who calls it gives it a new place. */
  remove(index: number): void {
    const { calls } = this;
    const last = calls.pop();
    const count = calls.length;
    if (last === undefined) return;
    if (index < count) {
      const keys = this.#keys;
      this.#sift(index, last, at(keys, 2 * count), at(keys, 2 * count + 1));
    }
    if (count > smallest && 8 * count < this.#keys.length) this.#resize(2 * count);
  }

  /** Brings a call to where its `time` and `order` belong now. */
  update(call: ScheduledCall): void {
    this.#sift(call.place as number, call, call.time, call.order); // in the heap it is the index
  }

  #sift(index: number, call: ScheduledCall, time: number, order: number): void {
    const keys = this.#keys;
    const parent = (index - 1) >> 2;
    if (index > 0 && precedes(time, order, at(keys, 2 * parent), at(keys, 2 * parent + 1)))
      this.#rise(index, call, time, order);
    else this.#sink(index, call, time, order);
  }

  #rise(start: number, call: ScheduledCall, time: number, order: number): void {
    const { calls } = this;
    const keys = this.#keys;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      const parentTime = at(keys, 2 * parent);
      const parentOrder = at(keys, 2 * parent + 1);
      if (!precedes(time, order, parentTime, parentOrder)) break;
      put(keys, calls, index, calls[parent] as ScheduledCall, parentTime, parentOrder); // a parent is below the length
      index = parent;
    }
    put(keys, calls, index, call, time, order);
  }

  #sink(start: number, call: ScheduledCall, time: number, order: number): void {
    const { calls } = this;
    const keys = this.#keys;
    const count = calls.length;
    let index = start;
    for (;;) {
      let child = 4 * index + 1;
      if (child >= count) break;
      const end = Math.min(child + 4, count);
      let least = child;
      let leastTime = at(keys, 2 * child);
      let leastOrder = at(keys, 2 * child + 1);
      while (++child < end) {
        const childTime = at(keys, 2 * child);
        if (childTime > leastTime) continue;
        const childOrder = at(keys, 2 * child + 1);
        if (childTime === leastTime && childOrder > leastOrder) continue;
        least = child;
        leastTime = childTime;
        leastOrder = childOrder;
      }
      if (precedes(time, order, leastTime, leastOrder)) break;
      put(keys, calls, index, calls[least] as ScheduledCall, leastTime, leastOrder); // a child was found below `count`
      index = least;
    }
    put(keys, calls, index, call, time, order);
  }

  #resize(capacity: number): void {
    const keys = new Float64Array(2 * capacity);
    keys.set(this.#keys.subarray(0, 2 * Math.min(this.calls.length, capacity)));
    this.#keys = keys;
  }
}

function put(
  keys: Float64Array,
  calls: ScheduledCall[],
  index: number,
  call: ScheduledCall,
  time: number,
  order: number,
): void {
  keys[2 * index] = time;
  keys[2 * index + 1] = order;
  calls[index] = call;
  call.place = index;
}

function at(keys: Float64Array, index: number): number {
  return keys[index] as number; // callers stay inside the heap
}

/** Whether one key, deadline and order, comes before another (C40). */
export function precedes(time: number, order: number, otherTime: number, otherOrder: number): boolean {
  return time < otherTime || (time === otherTime && order < otherOrder);
}
