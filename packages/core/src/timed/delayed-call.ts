import type { CallOptions, DelayedCall } from '../clock.ts';
import { AlreadyCalledError, AlreadyCancelledError } from '../errors.ts';
import { dispose } from '../host.ts';
import { nameOf } from '../printable.ts';
import type { TimerQueue } from './timer-queue.ts';

/** What `place` says of a call that is over. */
export const CALLED = -1;
export const CANCELLED = -2;

/** What a call made with options carries beyond its function: an object of its own keeps the plain handle lean (P5). */
export interface CallDetails extends CallOptions {
  readonly name: string;
  readonly fn: () => unknown;
  readonly onAbort: () => void;
}

/**
 * A call of a {@link TimerQueue}, linked into the container that holds it: six fields and no more (P5).
 * They are declared only, since V8 boxes a number anew at each store into a field that began as `undefined`.
 */
export class ScheduledCall implements DelayedCall {
  declare readonly [Symbol.dispose]: () => void;
  declare time: number;
  /** What decides among equal times (C40). Negative: the call was put off, and its place is where it was due before. */
  declare order: number;
  /** The function or the details, released when the call is over: then only the name that was given, or nothing. */
  declare body: (() => unknown) | CallDetails | string;
  /** In a list the call before it, in the heap its index, else `CALLED` or `CANCELLED`. */
  declare place: ScheduledCall | number;
  /** In a list the call after it. */
  declare next: ScheduledCall | undefined;
  declare readonly queue: TimerQueue;

  static {
    Object.defineProperty(this.prototype, dispose, {
      configurable: true,
      value(this: ScheduledCall) {
        if (this.active) this.cancel();
      },
    });
  }

  constructor(queue: TimerQueue, time: number, order: number, body: (() => unknown) | CallDetails | string) {
    this.time = time;
    this.order = order;
    this.body = body;
    this.place = CANCELLED;
    this.next = undefined;
    this.queue = queue;
  }

  get active(): boolean {
    return this.place !== CALLED && this.place !== CANCELLED;
  }

  /** The name given, else the function's, which goes with the function when the call is over; `anonymous` without either. */
  get name(): string {
    return ownName(this.body) || 'anonymous';
  }

  cancel(): void {
    requireActive(this);
    this.queue.cancel(this);
  }

  reset(ms: number): void {
    requireActive(this);
    this.queue.reset(this, ms);
  }

  delay(ms: number): void {
    requireActive(this);
    this.queue.delay(this, ms);
  }

  toString(): string {
    const name = ownName(this.body);
    return `DelayedCall${name && ` ${name}`}: ${stateOf(this)}`;
  }
}

function ownName(body: ScheduledCall['body']): string {
  return typeof body === 'string' ? body : nameOf(body);
}

function stateOf(call: ScheduledCall): string {
  if (call.place === CALLED) return 'called';
  if (call.place === CANCELLED) return 'cancelled';
  if (call.time === Infinity) return 'never due';
  const left = Math.round((call.time - call.queue.now()) * 1000) / 1000;
  return left < 0 ? `due ${-left} ms ago` : `due in ${left} ms`;
}

function requireActive(call: ScheduledCall): void {
  if (call.place === CALLED)
    throw new AlreadyCalledError(`${call.toString()} already. Ask \`active\` first, or schedule a new call.`);
  if (call.place === CANCELLED)
    throw new AlreadyCancelledError(`${call.toString()} already. Ask \`active\` first, or schedule a new call.`);
}
