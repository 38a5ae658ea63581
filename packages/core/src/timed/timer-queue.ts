import { checkMilliseconds, notMilliseconds } from '../check-milliseconds.ts';
import type { CallOptions } from '../clock.ts';
import type { ReactorStoppedError } from '../errors.ts';
import { nameOf } from '../printable.ts';
import type { Slice } from '../slice.ts';
import { checkFunction } from '../check-function.ts';
import { DeadlineHeap, precedes } from './deadline-heap.ts';
import { CALLED, CANCELLED, ScheduledCall, type CallDetails } from './delayed-call.ts';
import { createRing, DurationLists, unlink, type DurationList } from './duration-lists.ts';

export type { ScheduledCall };

/** Runs the function of a call that is due, `lateness` milliseconds after its time. It never throws: errors are its own to report. */
export type Invoke = (fn: () => unknown, call: ScheduledCall, lateness: number) => void;

/**
 * Timed calls in exact order: deadline, then the order of the `add`, `reset` or `delay` that set it (C40). Most calls are timeouts of a
 * few durations and nearly always cancelled: they stand in lists. The rest stands in a heap. Both take a call out at once.
 */
export class TimerQueue {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  readonly #onEarlier: () => void;
  readonly #none: ScheduledCall = createRing(this);
  readonly #heap: DeadlineHeap = new DeadlineHeap(this.#none);
  readonly #lists: DurationLists = new DurationLists(this);
  #order = 1;
  #size = 0;
  /** What `nextDeadline` last said, or a new call since. */
  #announced = Infinity;
  // What #find leaves: where the first call stands, and the key of the first call elsewhere, which it must not overtake.
  #source: DurationList | DeadlineHeap = this.#heap;
  #boundTime = Infinity;
  #boundOrder = 0;

  /** `onEarlier`: a call was set to an earlier time than `nextDeadline()` said last, or than was announced since. */
  constructor(now: () => number, onEarlier: () => void) {
    this.now = now;
    this.#onEarlier = onEarlier;
  }

  /** Calls that wait, those that are never due included. */
  get size(): number {
    return this.#size;
  }

  /** The order number that the next `add`, `reset` or `delay` gets. */
  get order(): number {
    return this.#order;
  }

  add(ms: number, fn: () => unknown, options?: CallOptions): ScheduledCall {
    checkDelay(ms);
    checkFunction(fn, 'The function of a timed call');
    const call = new ScheduledCall(this, this.now() + ms, this.#order++, fn);
    if (options !== undefined && !this.#addDetails(call, fn, options)) return call;
    this.#size++;
    this.#insert(call, ms);
    return call;
  }

  /** Called by the call itself, which is active. */
  cancel(call: ScheduledCall): void {
    this.#remove(call, CANCELLED);
    release(call);
  }

  /** Called by the call itself, which is active. */
  reset(call: ScheduledCall, ms: number): void {
    checkDelay(ms);
    this.#move(call, this.now() + ms, ms);
  }

  /** Called by the call itself, which is active. */
  delay(call: ScheduledCall, ms: number): void {
    if (typeof ms !== 'number' || Number.isNaN(ms))
      throw notMilliseconds(ms, 'A call can be delayed by a number of milliseconds');
    const now = this.now();
    const time = call.time + ms;
    this.#move(call, time > now ? time : now, NaN); // no duration from now: no list
  }

  /** The earliest deadline; `Infinity` when nothing comes due. */
  nextDeadline(): number {
    return (this.#announced = this.#find().time);
  }

  /**
   * Runs, in order, what is due at `now` and was set before this began, until the slice is spent. `now` is a reading of the clock, so
   * what is set meanwhile comes after all that is due: the first call that may not run ends it (C34, C35).
   */
  runDue(now: number, slice: Slice, invoke: Invoke): void {
    const before = this.#order;
    for (let call = this.#find(); call.time <= now && call.order < before; call = this.#find()) {
      const source = this.#source;
      // As long as no other container has an earlier call this one is emptied without looking at the others again.
      do {
        this.#remove(call, CALLED);
        invoke(begin(call), call, now - call.time);
        release(call);
        if (slice.spent()) return;
        call = source.first();
      } while (
        call.time <= now &&
        call.order > 0 &&
        call.order < before &&
        precedes(call.time, call.order, this.#boundTime, this.#boundOrder)
      );
    }
  }

  /** Whether a call is left that is due at `now` and whose order number is below `before`. */
  hasDue(now: number, before: number): boolean {
    const first = this.#find();
    if (first.time > now) return false;
    return first.order < before || this.#all().some((call) => call.time <= now && Math.abs(call.order) < before);
  }

  /** The calls that wait, in the order they will run (C42). */
  list(): ScheduledCall[] {
    return this.#all().sort(compare);
  }

  /** Cancels the calls that have an `onDrop` and calls it with `error` (C30). Returns what those functions threw. */
  drop(error: ReactorStoppedError): unknown[] {
    const thrown: unknown[] = [];
    for (const call of this.#all()
      .filter(({ body }) => typeof body === 'object' && body.onDrop !== undefined)
      .sort(compare)) {
      const { body } = call;
      if (typeof body !== 'object') continue; // cancelled by an `onDrop` before it
      call.cancel();
      try {
        body.onDrop?.(error);
      } catch (failure) {
        thrown.push(failure);
      }
    }
    return thrown;
  }

  /** False when the signal is aborted already: the call is over before it began. */
  #addDetails(call: ScheduledCall, fn: () => unknown, options: CallOptions): boolean {
    const onAbort = (): void => {
      if (call.active) this.cancel(call);
    };
    call.body = { ...options, name: options.name ?? nameOf(fn), fn, onAbort };
    options.signal?.addEventListener('abort', onAbort);
    if (options.signal?.aborted !== true) return true;
    release(call);
    return false;
  }

  #insert(call: ScheduledCall, ms: number): void {
    if (!this.#lists.add(call, ms)) this.#heap.add(call);
    this.#announce(call.time);
  }

  #move(call: ScheduledCall, time: number, ms: number): void {
    const order = this.#order++;
    const later = time >= call.time;
    call.time = time;
    call.order = later ? -order : order; // P4: put off, its place is looked at when it comes first there
    if (later) return;
    if (typeof call.place === 'number') {
      this.#heap.update(call);
      this.#announce(time);
    } else {
      unlink(call);
      this.#insert(call, ms);
    }
  }

  #announce(time: number): void {
    if (time >= this.#announced) return;
    this.#announced = time;
    this.#onEarlier();
  }

  /** The call that is due first, of both containers; `#none`, which is never due, when nothing comes due. */
  #find(): ScheduledCall {
    const list = this.#firstList();
    const listed = list?.first() ?? this.#none;
    // After the lists: what was put off in one goes there.
    let { time, order } = this.#settled(this.#heap);
    const isListed = list !== undefined && precedes(listed.time, listed.order, time, order);
    if (!isListed) ({ time, order } = listed);
    this.#boundTime = time;
    this.#boundOrder = order;
    if (isListed) this.#lists.heap.boundOthers(this.#bound);
    this.#source = isListed ? list : this.#heap;
    return this.#source.first();
  }

  /** The list whose first call is due first; the heap of lists has its true key then. */
  #firstList(): DurationList | undefined {
    const { heap } = this.#lists;
    for (;;) {
      const [list] = heap.lists;
      if (list === undefined) return undefined;
      const call = this.#settled(list);
      if (call === list.head) heap.remove(list);
      else if (heap.confirmTop(list, call.time, call.order)) return list;
    }
  }

  readonly #bound = (time: number, order: number): void => {
    if (!precedes(time, order, this.#boundTime, this.#boundOrder)) return;
    this.#boundTime = time;
    this.#boundOrder = order;
  };

  /** The first call of a container, once those before it that were put off are where they belong now. */
  #settled(source: DurationList | DeadlineHeap): ScheduledCall {
    let call = source.first();
    for (; call.order < 0; call = source.first()) this.#settle(call);
    return call;
  }

  /** Brings a call that was put off to where it belongs now. */
  #settle(call: ScheduledCall): void {
    call.order = -call.order;
    if (typeof call.place === 'number') this.#heap.update(call);
    else {
      unlink(call);
      this.#heap.add(call);
    }
  }

  #remove(call: ScheduledCall, end: typeof CALLED | typeof CANCELLED): void {
    this.#detach(call);
    this.#size--;
    call.place = end;
    call.next = undefined;
  }

  #detach(call: ScheduledCall): void {
    if (typeof call.place === 'number') this.#heap.remove(call.place);
    else unlink(call);
  }

  #all(): ScheduledCall[] {
    const calls = this.#heap.calls.slice();
    for (const { head } of this.#lists.heap.lists) {
      for (let call = head.next; call !== undefined && call !== head; call = call.next) calls.push(call);
    }
    return calls;
  }
}

function checkDelay(ms: number): void {
  checkMilliseconds(ms, 'A timed call is due in');
}

/** The function of a call that is called now; its signal cannot cancel it any more. */
function begin({ body }: ScheduledCall): () => unknown {
  if (typeof body === 'function') return body;
  unlisten(body);
  return (body as CallDetails).fn; // a name stands there only when the call is over
}

/** Lets the function of a call that is over go, and its signal (C41). */
function release(call: ScheduledCall): void {
  const { body } = call;
  unlisten(body);
  call.body = typeof body === 'object' ? body.name : '';
}

function unlisten(body: ScheduledCall['body']): void {
  if (typeof body === 'object') body.signal?.removeEventListener('abort', body.onAbort);
}

function compare(one: ScheduledCall, other: ScheduledCall): number {
  return precedes(one.time, Math.abs(one.order), other.time, Math.abs(other.order)) ? -1 : 1;
}
