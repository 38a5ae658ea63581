import { listenToAbort } from '../ground/abort-listener.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkMilliseconds, notMilliseconds } from '../ground/check-milliseconds.ts';
import type { CallOptions } from '../ground/clock.ts';
import type { ReactorStoppedError } from '../ground/errors.ts';
import { nameOf } from '../ground/printable.ts';
import type { Slice } from '../turn/slice.ts';
import { whenSettled } from '../ground/thenable.ts';
import { checkFunction } from '../ground/check-function.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import { CALLED, CANCELLED, ScheduledCall, type CallDetails, type CallOwner } from './delayed-call.ts';

export type { ScheduledCall };

/** Runs the function of a call that is due, `lateness` milliseconds after its deadline. It handles errors itself and never throws. */
export type Invoke = (fn: () => unknown, call: ScheduledCall, lateness: number) => void;

/**
 * Timed calls in exact order: by deadline, then by the order of the `add`, `reset` or `delay` that set it (C40).
 *
 * A call that gets a later deadline keeps its place in the heap and only stores the deadline; it is moved when it comes first. So the reset
 * of an idle timeout is cheap (benchmark: P4).
 */
export class TimerQueue implements CallOwner {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly #onEarlier: () => void;
  readonly #heap: DeadlineHeap = new DeadlineHeap();
  #order = 1;
  /**
   * The earliest deadline that the owner knows: the last `nextDeadline()`, or an earlier one that was set since. No key in the heap is below
   * it.
   */
  #announced = Infinity;

  /**
   * `onEarlier` is called when a call gets an earlier deadline than all that the owner knows: the last `nextDeadline()`, and those for
   * which `onEarlier` was called since.
   */
  constructor(now: () => number, onEarlier: () => void) {
    this.now = now;
    this.#onEarlier = onEarlier;
  }

  /** The number of pending calls, including those that are never due. */
  get size(): number {
    return this.#heap.calls.length;
  }

  /** The order number that the next `add`, `reset` or `delay` gets. */
  get order(): number {
    return this.#order;
  }

  add(ms: number, fn: () => unknown, options?: CallOptions): ScheduledCall {
    checkDelay(ms);
    checkFunction(fn, 'The function of a timed call');
    const time = this.now() + ms;
    const order = this.#order++;
    const call = new ScheduledCall(this, fn);
    if (options !== undefined && !addDetails(call, fn, options)) {
      call.due = time;
      return call;
    }
    this.#heap.add(call, time, order);
    this.#announce(time);
    return call;
  }

  cancel(call: ScheduledCall): void {
    this.#remove(call, CANCELLED);
    release(call);
  }

  reset(call: ScheduledCall, ms: number): void {
    checkDelay(ms);
    this.#move(call, this.now() + ms);
  }

  delay(call: ScheduledCall, ms: number): void {
    if (typeof ms !== 'number' || Number.isNaN(ms))
      throw notMilliseconds(ms, 'A call can be delayed by a number of milliseconds');
    const now = this.now();
    const time = call.time + ms;
    this.#move(call, time > now ? time : now); // NaN (Infinity - Infinity) counts as now
  }

  keyTime({ index }: ScheduledCall): number {
    return this.#heap.timeAt(index);
  }

  /** The earliest deadline; `Infinity` when no call will be due. */
  nextDeadline(): number {
    return (this.#announced = this.#first() === undefined ? Infinity : this.#heap.timeAt(0));
  }

  /**
   * Runs the calls that are due at `now` in order, until the slice is spent. `now` is a reading of the clock. Calls that are set meanwhile
   * aren't run: they come after all others that are due, so the first of them ends the loop (C34, C35).
   */
  runDue(now: number, slice: Slice, invoke: Invoke): void {
    const before = this.#order;
    for (let call = this.#first(); call !== undefined; call = this.#first()) {
      const time = this.#heap.timeAt(0);
      if (time > now || this.#heap.orderAt(0) >= before) return;
      this.#remove(call, CALLED);
      invoke(begin(call), call, now - time);
      release(call);
      if (slice.spent()) return;
    }
  }

  /** Whether a call is pending that is due at `now` and whose order number is below `before`. */
  hasDue(now: number, before: number): boolean {
    if (this.#first() === undefined || this.#heap.timeAt(0) > now) return false;
    return this.#heap.calls.some((call) => call.time <= now && this.#orderOf(call) < before);
  }

  /** The pending calls, in the order they will run (C42). */
  list(): ScheduledCall[] {
    return this.#heap.calls
      .slice()
      .sort((one, other) =>
        one.time === other.time ? this.#orderOf(one) - this.#orderOf(other) : one.time - other.time,
      );
  }

  /**
   * Cancels the calls that have an `onDrop`, and calls it with `error` (C30): of all of them, or of those for which `matches` returns
   * `true`. `failed` is called for those that throw or reject.
   */
  drop(error: ReactorStoppedError, failed: (error: unknown) => void, matches?: (onDrop: object) => boolean): void {
    for (const call of this.list()) {
      const { body } = call;
      // The `onDrop` of an earlier call may have cancelled this one: its body is a string then.
      if (typeof body !== 'object' || body.onDrop === undefined || matches?.(body.onDrop) === false) continue;
      call.cancel();
      try {
        const onDrop: (error: ReactorStoppedError) => unknown = body.onDrop;
        void whenSettled(onDrop(error), () => undefined, failed);
      } catch (failure) {
        failed(failure);
      }
    }
  }

  #move(call: ScheduledCall, time: number): void {
    const { index, due } = call;
    const order = this.#order++;
    if (typeof due === 'object' && time >= due.time) {
      due.time = time; // P4: the heap isn't read
      due.order = order;
    } else if (time >= this.#heap.timeAt(index)) call.due = { time, order };
    else {
      call.due = undefined;
      this.#heap.update(call, time, order);
      this.#announce(time);
    }
  }

  #announce(time: number): void {
    if (time >= this.#announced) return;
    this.#announced = time;
    this.#onEarlier();
  }

  /** The call that is due first. Calls before it that have a later deadline are moved first. */
  #first(): ScheduledCall | undefined {
    for (;;) {
      const call = this.#heap.calls[0];
      if (typeof call?.due !== 'object') return call;
      const { time, order } = call.due;
      call.due = undefined;
      this.#heap.update(call, time, order);
    }
  }

  #orderOf({ due, index }: ScheduledCall): number {
    return typeof due === 'object' ? due.order : this.#heap.orderAt(index);
  }

  #remove(call: ScheduledCall, end: typeof CALLED | typeof CANCELLED): void {
    call.due = call.time;
    this.#heap.remove(call);
    call.index = end;
  }
}

const OPTIONS: readonly (keyof CallOptions)[] = ['name', 'signal', 'onDrop', 'context'];

function checkDelay(ms: number): void {
  checkMilliseconds(ms, 'A timed call is due in');
}

/** Reads the options once. Returns false when the signal is aborted already: the call is over then. */
function addDetails(call: ScheduledCall, fn: () => unknown, options: CallOptions): boolean {
  checkKeys(options, OPTIONS, 'callLater()');
  const { name, signal, onDrop } = options;
  if (onDrop !== undefined) checkFunction(onDrop, 'The onDrop of a timed call');
  let isAborted = false as boolean;
  const stopListening =
    signal === undefined
      ? undefined
      : listenToAbort(signal, () => {
          isAborted = true;
          if (call.active) call.cancel();
        });
  call.body = { name: name ?? nameOf(fn), fn, onDrop, stopListening };
  if (isAborted) release(call);
  return !isAborted;
}

/** Returns the function of a call that runs now. Its signal can't cancel it any more. */
function begin({ body }: ScheduledCall): () => unknown {
  if (typeof body === 'function') return body;
  unlisten(body);
  return (body as CallDetails).fn; // it is a string only when the call is over
}

/** Drops the references of a call that is over to its function and its signal (C41). */
function release(call: ScheduledCall): void {
  const { body } = call;
  unlisten(body);
  call.body = typeof body === 'object' ? body.name : '';
}

function unlisten(body: ScheduledCall['body']): void {
  if (typeof body === 'object') body.stopListening?.();
}
