import { checkFunction } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { CallQueue } from './call-queue.ts';
import { CallRunner } from './call-runner.ts';
import type { ReactorEnvironment } from '../life/reactor-environment.ts';
import { ReentrantTurnError } from '../ground/errors.ts';
import { dispose } from '../ground/host.ts';
import type { Stats, PendingItem } from '../ground/observer.ts';
import { Slice } from './slice.ts';
import { TimerQueue, type Invoke } from '../timed/timer-queue.ts';
import { TurnRequests, type TurnHooks } from './turn-requests.ts';

/** A timed call costs several clock reads, so the clock is checked more often than for queued calls. */
const MAX_TIMED_STRIDE = 8;

/** A mark in the queue: `reached` is called when all that was queued and due at that moment has run (C28). */
interface StopMark {
  /** The number of calls that must have run. */
  readonly place: number;
  /** False while something else must end first, such as the start (C29). */
  readonly isReady: () => boolean;
  readonly reached: () => void;
  /** The timed calls that must run too: those due at `now` with an order number below `order`. Set when the queued calls have run. */
  due: { readonly now: number; readonly order: number } | undefined;
}

/**
 * The turn (C34): expired limits, queued calls, due timed calls, then the action that waits for the end of the turn. Requests the
 * next turn from the host when there is something to do, and nothing otherwise (C2).
 */
export class TurnLoop {
  readonly queue: CallQueue = new CallQueue();
  readonly timers: TimerQueue;
  /** The limits of firings. They are checked even while the reactor isn't running (C22). */
  readonly limits: TimerQueue;
  readonly #env: ReactorEnvironment;
  readonly #runner: CallRunner;
  readonly #slice: Slice;
  readonly #timedSlice: Slice;
  readonly #limitSlice: Slice;
  readonly #requests: TurnRequests;
  /** Between `start()` and `end()`: the host's turns run calls. */
  #active = false;
  #inTurn = false;
  #afterTurn: (() => void) | undefined;
  #mark: StopMark | undefined;
  #turns = 0;

  constructor(env: ReactorEnvironment, hooks: TurnHooks, maxSliceMs: number, maxBatch: number) {
    const { now } = hooks;
    this.#env = env;
    this.#runner = new CallRunner(env);
    this.timers = new TimerQueue(now, () => {
      this.#arm();
    });
    this.limits = new TimerQueue(now, () => {
      this.#armSafely();
    });
    this.#slice = new Slice(now, maxSliceMs, maxBatch);
    this.#timedSlice = new Slice(now, maxSliceMs, maxBatch, MAX_TIMED_STRIDE);
    this.#limitSlice = new Slice(now, Infinity, Infinity);
    const onTurn = (): void => {
      // A host can call us inside a turn (in a dialog, in a debugger). The next turn is requested when this one ends.
      if (!this.#inTurn) this.#turn(this.#active);
    };
    this.#requests = new TurnRequests(hooks, onTurn, (error, name) => {
      env.report(error, { kind: 'host', name });
    });
  }

  /** From now on the host's turns run calls. Throws what a hook of the subclass throws, as do the other methods that ask for a turn (C1). */
  start(): void {
    this.#active = true;
    this.#arm();
  }

  /** Cancels all requests to the host (C30). The queued calls stay in the queue. */
  end(): void {
    this.#active = false;
    this.#mark = undefined;
    this.#requests.release();
    this.#armSafely();
  }

  /** Checks and queues a call. Throws `TypeError`. */
  callSoon(fn: () => unknown, options: object | undefined): void {
    checkFunction(fn, 'The function for callSoon');
    if (options !== undefined) checkKeys(options, ['context'], 'callSoon()');
    this.queue.push(fn);
    if (this.#active && !this.#inTurn) this.#requests.soon();
  }

  /** Calls `action` at the end of the turn under way, or now when there is none. Only the first action of a turn is called. */
  afterTurn(action: () => void): void {
    if (this.#inTurn) this.#afterTurn ??= action;
    else action();
  }

  /** As `afterTurn`, and the turn under way runs no more calls. */
  endTurn(action: () => void): void {
    this.#slice.end();
    this.#timedSlice.end();
    this.afterTurn(action);
  }

  /** Calls `reached` at the end of the turn that has run all calls that are queued now, and the timed calls that are due then (C28). */
  afterQueued(isReady: () => boolean, reached: () => void): void {
    this.#mark = { place: this.queue.pushed, isReady, reached, due: undefined };
    this.#arm();
  }

  /**
   * Call it when what the mark waited for has ended: asks the host for a turn if one is needed now. Returns `false` if the host threw when
   * it was asked; that error is reported.
   */
  askForTurn(): boolean {
    return this.#armSafely();
  }

  dropMark(): void {
    this.#mark = undefined;
  }

  /** Runs a turn; `alive` is false on a stopped reactor, which runs no calls (C30). Returns the milliseconds to the next one (C38). */
  iterate(alive: boolean): number {
    if (this.#inTurn) {
      throw new ReentrantTurnError(
        'iterate() was called from inside a turn: call it from the loop that embeds the reactor',
      );
    }
    this.#turn(alive);
    if (alive && this.#wantsTurn()) return 0;
    const next = Math.min(this.limits.nextDeadline(), alive ? this.timers.nextDeadline() : Infinity);
    return next === Infinity ? Infinity : Math.max(0, next - this.#env.now());
  }

  /** Calls `fn` once after `ms`. Disposing the last limit of a reactor that isn't running cancels its wakeup (C2). */
  setLimit(ms: number, fn: () => void): Disposable {
    const call = this.limits.add(ms, fn);
    return {
      [dispose]: () => {
        call[dispose]();
        if (!this.#active) this.#armSafely();
      },
    };
  }

  stats(): Omit<Stats, 'errors'> {
    const { timedCalls, lateness } = this.#runner;
    return { turns: this.#turns, calls: this.queue.taken, timedCalls, lateness };
  }

  /** The queued calls, then the timed calls, in order (C47). */
  pending(): PendingItem[] {
    const now = this.#env.now();
    const calls: PendingItem[] = this.queue.names().map((name) => ({ kind: 'call', name, age: 0 }));
    const timed = this.timers
      .list()
      .map(({ name, time }): PendingItem => ({ kind: 'timed-call', name, age: Math.max(0, now - time) }));
    return calls.concat(timed);
  }

  /** `all`: runs calls too. On a reactor that isn't running, the host's turns check limits only (C22). */
  #turn(all: boolean): void {
    const start = this.#env.now();
    this.#inTurn = true;
    try {
      this.#limitSlice.begin(start);
      this.limits.runDue(start, this.#limitSlice, runLimit);
      if (all) this.#runCalls(start);
    } finally {
      this.#inTurn = false;
    }
    const action = this.#afterTurn;
    this.#afterTurn = undefined;
    action?.();
    this.#armSafely();
  }

  #runCalls(start: number): void {
    const { queue, timers } = this;
    const runner = this.#runner;
    const isObserved = this.#env.observer?.call !== undefined;
    const ranBefore = queue.taken + runner.timedCalls;
    this.#turns++;
    this.#slice.begin(start);
    queue.run(this.#slice, isObserved ? runner.runObserved : runner.run);
    const now = this.#env.now();
    const { order } = timers;
    this.#timedSlice.begin(now);
    // A queued call may have ended the turn.
    if (this.#afterTurn === undefined)
      timers.runDue(now, this.#timedSlice, isObserved ? runner.runTimedObserved : runner.runTimed);
    if (this.#env.observer?.turn !== undefined) {
      const cut = queue.size > 0 || timers.hasDue(now, order);
      const calls = queue.taken + runner.timedCalls - ranBefore;
      this.#env.notify('turn', { start, duration: this.#env.now() - start, calls, cut });
    }
    this.#checkMark(now, order);
  }

  #checkMark(now: number, order: number): void {
    const mark = this.#mark;
    if (mark === undefined || this.queue.taken < mark.place || !mark.isReady()) return;
    // Fixed once: timed calls that become due later don't delay the stop.
    mark.due ??= { now, order };
    if (this.timers.hasDue(mark.due.now, mark.due.order)) return;
    this.#mark = undefined;
    mark.reached();
  }

  #wantsTurn(): boolean {
    return this.queue.size > 0 || this.#mark?.isReady() === true;
  }

  /** Requests a turn, a wakeup, or nothing (C2). */
  #arm(): void {
    if (this.#inTurn) return;
    const limit = this.limits.nextDeadline();
    if (!this.#active) {
      if (limit === Infinity) this.#requests.release();
      else this.#requests.at(limit);
      return;
    }
    const next = Math.min(limit, this.timers.nextDeadline());
    if (this.#wantsTurn() || (next !== Infinity && next <= this.#env.now())) this.#requests.soon();
    else this.#requests.at(next);
  }

  /** As `#arm`, where the caller is the host or the engine: they can do nothing about a hook that throws, so it is reported. */
  #armSafely(): boolean {
    try {
      this.#arm();
      return true;
    } catch (error) {
      this.#env.report(error, { kind: 'host', name: 'turn request' });
      return false;
    }
  }
}

const runLimit: Invoke = (fn) => {
  fn();
};
