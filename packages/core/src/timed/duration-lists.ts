import { ScheduledCall } from './delayed-call.ts';
import { ListHeap } from './list-heap.ts';
import type { TimerQueue } from './timer-queue.ts';

/** A ring of calls around a head that is never due: the head of an empty one is its own first call. */
export function createRing(queue: TimerQueue): ScheduledCall {
  const head = new ScheduledCall(queue, Infinity, 0, '');
  head.place = head.next = head;
  return head;
}

/** Makes `call` the last of the ring. */
function append(head: ScheduledCall, call: ScheduledCall): void {
  const last = head.place as ScheduledCall; // a ring links both ways
  call.place = last;
  call.next = head;
  last.next = head.place = call;
}

/** Takes a call out of its ring. Who calls it gives it a new place, and a new `next` or none. */
export function unlink(call: ScheduledCall): void {
  const before = call.place as ScheduledCall; // a ring links both ways
  const after = call.next as ScheduledCall;
  before.next = after;
  after.place = before;
}

/** The calls of one duration, first due first: they are added at the end, as the clock never goes back. */
export class DurationList {
  duration: number;
  readonly head: ScheduledCall;
  /** Its index in the heap of lists, where any list that has calls stands; below 0 when it is not there. */
  place = -1;

  constructor(duration: number, head: ScheduledCall) {
    this.duration = duration;
    this.head = head;
  }

  /** The first call; the head when there is none. */
  first(): ScheduledCall {
    return this.head.next as ScheduledCall; // a ring links both ways
  }
}

const LEAST_SLOTS_LOG2 = 4;
const MOST_SLOTS_LOG2 = 10;

/**
 * Lists for the durations that many calls share: timeouts, nearly always cancelled (P2). Each duration has one slot that it can
 * take, and takes it when it is met a second time in a row and the slot's list is empty. So random durations make no lists. A table that
 * misses often gets larger, up to a thousand slots: for programs with hundreds of durations (P3).
 */
export class DurationLists {
  /** Those that have calls. */
  readonly heap: ListHeap = new ListHeap();
  readonly #queue: TimerQueue;
  #slotsLog2 = LEAST_SLOTS_LOG2;
  #table: (DurationList | undefined)[] = emptyTable(LEAST_SLOTS_LOG2);
  #met: Float64Array = new Float64Array(1 << LEAST_SLOTS_LOG2).fill(-1);
  #misses = 0;

  constructor(queue: TimerQueue) {
    this.#queue = queue;
  }

  /** Adds a call that is due `ms` from now, unless there is no list for it. */
  add(call: ScheduledCall, ms: number): boolean {
    const slot = this.#slotOf(ms);
    let list = this.#table[slot];
    if (list?.duration !== ms) {
      list = this.#take(slot, ms);
      if (list === undefined) return false;
    }
    append(list.head, call);
    if (list.place < 0) this.heap.add(list, call.time, call.order);
    return true;
  }

  #slotOf(ms: number): number {
    return Math.imul(ms, 0x9e3779b1) >>> (32 - this.#slotsLog2);
  }

  #take(slot: number, ms: number): DurationList | undefined {
    if (Number.isNaN(ms)) return undefined; // it was delayed: that is no duration from now
    if (this.#met[slot] !== ms) {
      this.#met[slot] = ms;
      if (++this.#misses > 4 << this.#slotsLog2 && this.#slotsLog2 < MOST_SLOTS_LOG2) this.#grow();
      return undefined;
    }
    const list = this.#table[slot];
    if (list === undefined) return (this.#table[slot] = new DurationList(ms, createRing(this.#queue)));
    if (list.first() !== list.head) return undefined;
    if (list.place >= 0) this.heap.remove(list); // its key is of the other duration
    list.duration = ms;
    return list;
  }

  /** What shared a slot no longer does: a slot becomes four. */
  #grow(): void {
    const lists = this.#table;
    this.#slotsLog2 += 2;
    this.#misses = 0;
    this.#table = emptyTable(this.#slotsLog2);
    this.#met = new Float64Array(1 << this.#slotsLog2).fill(-1);
    for (const list of lists) if (list !== undefined) this.#table[this.#slotOf(list.duration)] = list;
  }
}

function emptyTable(slotsLog2: number): undefined[] {
  return new Array<undefined>(1 << slotsLog2).fill(undefined);
}
