import { precedes } from './deadline-heap.ts';
import type { DurationList } from './duration-lists.ts';

/**
 * A 4-ary heap of the lists that have calls, by a key that none of the list's calls precedes: that of its first call when it was last
 * looked at. Only the list at the top is looked at again, so adding and cancelling never touch the heap. It has code of its own, since
 * code that sifts both lists and calls runs at half the speed (benchmark: P3).
 */
export class ListHeap {
  readonly lists: DurationList[] = [];
  /** Of each list the time and the order number. */
  readonly #keys: number[] = [];

  add(list: DurationList, time: number, order: number): void {
    this.#rise(this.lists.length, list, time, order);
  }

  remove(list: DurationList): void {
    const index = list.place;
    const last = this.lists.pop() as DurationList; // there is one: `list`
    const order = this.#keys.pop() as number; // each list has two numbers
    const time = this.#keys.pop() as number;
    list.place = -1;
    if (list === last) return;
    this.#rise(index, last, time, order);
    this.#sink(last.place, last, time, order);
  }

  /** Whether this is the key of the top; else it gets this key, which comes later, and another list may be at the top. */
  confirmTop(top: DurationList, time: number, order: number): boolean {
    if (this.#order(0) === order && this.#time(0) === time) return true;
    this.#sink(0, top, time, order);
    return false;
  }

  /** Calls back with keys of which the least precedes all calls of all lists but the top. */
  boundOthers(least: (time: number, order: number) => void): void {
    const end = Math.min(5, this.lists.length);
    for (let child = 1; child < end; child++) least(this.#time(child), this.#order(child));
  }

  #rise(start: number, list: DurationList, time: number, order: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      if (!precedes(time, order, this.#time(parent), this.#order(parent))) break;
      this.#put(index, this.lists[parent] as DurationList, this.#time(parent), this.#order(parent)); // a parent is below the length
      index = parent;
    }
    this.#put(index, list, time, order);
  }

  #sink(start: number, list: DurationList, time: number, order: number): void {
    const count = this.lists.length;
    let index = start;
    for (;;) {
      let least = 4 * index + 1;
      if (least >= count) break;
      const end = Math.min(least + 4, count);
      for (let child = least + 1; child < end; child++) {
        if (precedes(this.#time(child), this.#order(child), this.#time(least), this.#order(least))) least = child;
      }
      if (precedes(time, order, this.#time(least), this.#order(least))) break;
      this.#put(index, this.lists[least] as DurationList, this.#time(least), this.#order(least)); // a child was found below `count`
      index = least;
    }
    this.#put(index, list, time, order);
  }

  #put(index: number, list: DurationList, time: number, order: number): void {
    this.lists[index] = list;
    this.#keys[2 * index] = time;
    this.#keys[2 * index + 1] = order;
    list.place = index;
  }

  #time(index: number): number {
    return this.#keys[2 * index] as number; // callers stay inside the heap
  }

  #order(index: number): number {
    return this.#keys[2 * index + 1] as number; // callers stay inside the heap
  }
}
