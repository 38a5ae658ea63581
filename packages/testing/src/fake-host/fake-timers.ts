import type { HostRecord } from './host-record.ts';

/** What `setTimeout` gives on Node; a page's number would do as well. */
export interface FakeHandle {
  ref(): FakeHandle;
  unref(): FakeHandle;
  hasRef(): boolean;
}

interface Timer extends FakeHandle {
  at: number;
  readonly interval: number | undefined;
  readonly callback: () => void;
}

/** The longest delay a host knows: a longer one is due at once, everywhere. */
const MAX_DELAY = 2 ** 31 - 1;

/** A clock that is moved by hand, and the timers on it. */
export class FakeTimers {
  readonly #record: HostRecord;
  // A Set keeps the order in which they were set: those that are due at one time run in it.
  readonly #timers: Set<Timer> = new Set();
  now = 0;

  constructor(record: HostRecord) {
    this.#record = record;
  }

  /** When the first one is due; `Infinity` if there is none. */
  get next(): number {
    return this.#first()?.at ?? Infinity;
  }

  set(callback: () => void, ms: number, repeats: boolean): FakeHandle {
    const delay = ms >= 1 && ms <= MAX_DELAY ? ms : 1;
    const timer: Timer = { ...fakeHandle(), at: this.now + delay, interval: repeats ? delay : undefined, callback };
    this.#timers.add(timer);
    this.#record.hold(timer);
    return timer;
  }

  clear(handle: unknown): void {
    // Hosts forgive handles that are not theirs: so a foreign object is looked for, and not found.
    const timer = handle as Timer;
    if (this.#timers.delete(timer)) this.#record.release(timer);
  }

  /** Runs the one that is due first, if one is. */
  runDue(): boolean {
    const timer = this.#first();
    if (timer === undefined || timer.at > this.now) return false;
    this.#run(timer);
    return true;
  }

  /** Moves the clock on, halting at each timer on the way to run it. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (let timer = this.#first(); timer !== undefined && timer.at <= end; timer = this.#first()) {
      this.now = Math.max(this.now, timer.at);
      this.#run(timer);
    }
    this.now = end;
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  #run(timer: Timer): void {
    if (timer.interval === undefined) this.clear(timer);
    else {
      timer.at = this.now + timer.interval;
      this.#timers.delete(timer);
      this.#timers.add(timer);
    }
    timer.callback();
  }
}

/** A handle that can be `unref`ed; it holds no process, since there is none. */
export function fakeHandle(): FakeHandle {
  let held = true;
  const handle: FakeHandle = {
    ref() {
      held = true;
      return handle;
    },
    unref() {
      held = false;
      return handle;
    },
    hasRef: () => held,
  };
  return handle;
}
