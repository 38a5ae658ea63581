import { ScheduledCall } from './delayed-call.ts';
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

  constructor(duration: number, head: ScheduledCall) {
    this.duration = duration;
    this.head = head;
  }

  /** The first call; the head when there is none. */
  first(): ScheduledCall {
    return this.head.next as ScheduledCall; // a ring links both ways
  }
}

const slots = 16;

/**
 * Lists for the few durations that most calls share: timeouts, nearly always cancelled (P2). Each duration has one slot that it can
 * take, and takes it when it is met a second time in a row and the slot's list is empty. So random durations make no lists.
 */
export class DurationLists {
  /** Those made so far, in no order. */
  readonly made: DurationList[] = [];
  readonly #queue: TimerQueue;
  readonly #table: (DurationList | undefined)[] = new Array<undefined>(slots).fill(undefined);
  readonly #met: Float64Array = new Float64Array(slots).fill(-1);

  constructor(queue: TimerQueue) {
    this.#queue = queue;
  }

  /** Adds a call that is due `ms` from now, unless there is no list for it. */
  add(call: ScheduledCall, ms: number): boolean {
    const slot = Math.imul(ms, 0x9e3779b1) >>> 28;
    let list = this.#table[slot];
    if (list?.duration !== ms) {
      list = this.#take(slot, ms);
      if (list === undefined) return false;
    }
    append(list.head, call);
    return true;
  }

  #take(slot: number, ms: number): DurationList | undefined {
    if (this.#met[slot] !== ms) {
      this.#met[slot] = ms;
      return undefined;
    }
    let list = this.#table[slot];
    if (list === undefined) {
      list = this.#table[slot] = new DurationList(ms, createRing(this.#queue));
      this.made.push(list);
    } else if (list.first() === list.head) list.duration = ms;
    else return undefined;
    return list;
  }
}
