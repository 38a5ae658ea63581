import type { CallOptions, DelayedCall } from '../ground/clock.ts';
import { AlreadyCalledError, AlreadyCancelledError } from '../ground/errors.ts';
import { dispose } from '../ground/host.ts';
import { nameOf } from '../ground/printable.ts';

/** The index of a call that has run. */
export const CALLED = -1;
/** The index of a call that was cancelled. */
export const CANCELLED = -2;

/** The queue that a call belongs to. A call checks that it is active before it calls one of these, except `now`. */
export interface CallOwner {
  readonly now: () => number;
  cancel(call: ScheduledCall): void;
  reset(call: ScheduledCall, ms: number): void;
  delay(call: ScheduledCall, ms: number): void;
  /** The time in the key of the call in the heap. */
  keyTime(call: ScheduledCall): number;
}

/** The options and the function of a call that was made with options. An object of its own keeps other calls small (P5). */
export interface CallDetails {
  readonly name: string;
  readonly fn: () => unknown;
  readonly onDrop: CallOptions['onDrop'];
  readonly stopListening: (() => void) | undefined;
}

/** A deadline that is later than the key of the call in the heap, and the order number it was given (C40). */
export interface LaterDeadline {
  time: number;
  order: number;
}

/** A call of a `TimerQueue`. It has four fields, since a program may have very many (P5). */
export class ScheduledCall implements DelayedCall {
  declare readonly [Symbol.dispose]: () => void;
  readonly queue: CallOwner;
  /** The function or the details. When the call is over: the name from its options, or ''. */
  body: (() => unknown) | CallDetails | string;
  /** The index in the heap while the call is active, then `CALLED` or `CANCELLED`. */
  index: number = CANCELLED;
  /**
   * `undefined`: the call is due at the time of its key in the heap. An object: it is due later than that. A number: the call is over,
   * and this was its deadline.
   */
  due: LaterDeadline | number | undefined = undefined;

  static {
    Object.defineProperty(this.prototype, dispose, {
      configurable: true,
      value(this: ScheduledCall) {
        if (this.active) this.cancel();
      },
    });
  }

  constructor(queue: CallOwner, body: (() => unknown) | CallDetails) {
    this.queue = queue;
    this.body = body;
  }

  get active(): boolean {
    return this.index >= 0;
  }

  get time(): number {
    const { due } = this;
    if (due === undefined) return this.queue.keyTime(this);
    return typeof due === 'number' ? due : due.time;
  }

  /** The name from the options, else that of the function until it is released, else `anonymous`. */
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
  if (call.index === CALLED) return 'called';
  if (call.index === CANCELLED) return 'cancelled';
  if (call.time === Infinity) return 'never due';
  const left = Math.round((call.time - call.queue.now()) * 1000) / 1000;
  return left < 0 ? `due ${-left} ms ago` : `due in ${left} ms`;
}

function requireActive(call: ScheduledCall): void {
  if (!call.active) throw callIsOver(call);
}

function callIsOver(call: ScheduledCall): Error {
  const message = `${call.toString()} already. Check \`active\` first, or schedule a new call.`;
  return call.index === CALLED ? new AlreadyCalledError(message) : new AlreadyCancelledError(message);
}
