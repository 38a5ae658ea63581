import { CallQueue, callName } from './call-queue.ts';
import type { ReactorEnvironment } from './environment.ts';
import { ReentrantTurnError } from './errors.ts';
import { dispose } from './host.ts';
import type { Stats, Waiting } from './observer.ts';
import { Slice } from './slice.ts';
import { TimerQueue, type Invoke } from './timed/timer-queue.ts';
import { TurnRequests, type TurnHooks } from './turn-requests.ts';

/** What happens once all that was queued and due at some moment has run (C28). */
interface StopMark {
  /** The place in the queue behind which it stands. */
  readonly place: number;
  /** False while something else must end first: a start under way (C29). */
  readonly isReady: () => boolean;
  readonly reached: () => void;
  /** What was due when the last queued call before the mark had run. */
  due: { readonly now: number; readonly order: number } | undefined;
}

/**
 * The turn (C34): expired limits, queued calls, due timers, then what waits for the end of the turn. Asks the host for the next one when there
 * is work, and for nothing when there is none (C2).
 */
export class TurnLoop {
  readonly queue: CallQueue = new CallQueue();
  readonly timers: TimerQueue;
  /** Limits of firings: timed calls of ours, which also run where nothing else does (C22). */
  readonly limits: TimerQueue;
  readonly #env: ReactorEnvironment;
  readonly #slice: Slice;
  readonly #limitSlice: Slice;
  readonly #requests: TurnRequests;
  #active = false;
  #inTurn = false;
  #afterTurn: (() => void) | undefined;
  #mark: StopMark | undefined;
  #turns = 0;
  #timedCalls = 0;
  #latenessSum = 0;
  #latenessMax = 0;

  constructor(env: ReactorEnvironment, hooks: TurnHooks, maxSliceMs: number, maxBatch: number) {
    const { now } = hooks;
    const rearm = (): void => {
      this.#arm();
    };
    this.#env = env;
    this.timers = new TimerQueue(now, rearm);
    this.limits = new TimerQueue(now, rearm);
    this.#slice = new Slice(now, maxSliceMs, maxBatch);
    this.#limitSlice = new Slice(now, Infinity, Infinity);
    this.#requests = new TurnRequests(hooks, () => {
      // A host that turns inside a turn (a dialog, a debugger) gets the next one when this one ends.
      if (!this.#inTurn) this.#turn(this.#active);
    });
  }

  get inTurn(): boolean {
    return this.#inTurn;
  }

  /** Turns are wanted from now on. */
  start(): void {
    this.#active = true;
    this.#arm();
  }

  /** No turn is wanted, and nothing of ours is left in the host (C30). What is queued stays. */
  end(): void {
    this.#active = false;
    this.#mark = undefined;
    this.#requests.release();
    this.#arm();
  }

  callSoon(fn: () => unknown): void {
    this.queue.push(fn);
    if (this.#active && !this.#inTurn) this.#requests.soon();
  }

  /** Does it when the turn under way is over; now, where there is none. */
  afterTurn(action: () => void): void {
    if (this.#inTurn) this.#afterTurn ??= action;
    else action();
  }

  /** As `afterTurn`, and the turn under way runs nothing more. */
  endTurn(action: () => void): void {
    this.#slice.end();
    this.afterTurn(action);
  }

  /** At the end of the turn that has run what is queued by now, and what is due then (C28). */
  afterQueued(isReady: () => boolean, reached: () => void): void {
    this.#mark = { place: this.queue.pushed, isReady, reached, due: undefined };
    this.#arm();
  }

  /** What the mark waited for has ended. */
  nudge(): void {
    this.#arm();
  }

  dropMark(): void {
    this.#mark = undefined;
  }

  /** `alive`: what is queued on a stopped reactor never runs (C30). */
  iterate(alive: boolean): number {
    if (this.#inTurn) {
      throw new ReentrantTurnError(
        'iterate() was called from inside a turn: call it from the loop that embeds the reactor',
      );
    }
    this.#turn(alive);
    if (alive && (this.queue.size > 0 || this.#mark?.isReady() === true)) return 0;
    const next = Math.min(this.limits.nextDeadline(), alive ? this.timers.nextDeadline() : Infinity);
    return next === Infinity ? Infinity : Math.max(0, next - this.#env.now());
  }

  /** One call of ours after `ms`. With the last of them goes the wakeup of a reactor that is not started (C2). */
  limit(ms: number, fn: () => void): Disposable {
    const call = this.limits.add(ms, fn);
    return {
      [dispose]: () => {
        call[dispose]();
        if (!this.#active) this.#arm();
      },
    };
  }

  stats(): Omit<Stats, 'errors'> {
    const timedCalls = this.#timedCalls;
    return {
      turns: this.#turns,
      calls: this.queue.taken,
      timedCalls,
      lateness: { mean: timedCalls === 0 ? 0 : this.#latenessSum / timedCalls, max: this.#latenessMax },
    };
  }

  /** What is queued and what waits for its time, in order (C47). */
  pending(): Waiting[] {
    const now = this.#env.now();
    const calls: Waiting[] = this.queue.names().map((name) => ({ kind: 'call', name, age: 0 }));
    const timed: Waiting[] = this.timers
      .list()
      .map(({ name, time }) => ({ kind: 'timed-call', name, age: Math.max(0, now - time) }));
    return [...calls, ...timed];
  }

  /** `all`: on a reactor that is not started, the host's turns check limits alone (C22). */
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
    this.#arm();
  }

  #runCalls(start: number): void {
    const { queue, timers } = this;
    const watched = this.#env.observer?.call !== undefined;
    const calls = queue.taken;
    const timedCalls = this.#timedCalls;
    this.#turns++;
    this.#slice.begin(start);
    queue.run(this.#slice, watched ? this.#invokeWatched : this.#invoke);
    const now = this.#env.now();
    const { order } = timers;
    this.#slice.begin(now);
    // endTurn() in a queued call ends this share too.
    if (this.#afterTurn === undefined)
      timers.runDue(now, this.#slice, watched ? this.#invokeTimedWatched : this.#invokeTimed);
    if (this.#env.observer?.turn !== undefined) {
      const cut = queue.size > 0 || timers.hasDue(now, order);
      const ran = queue.taken - calls + this.#timedCalls - timedCalls;
      this.#env.notify('turn', { start, duration: this.#env.now() - start, calls: ran, cut });
    }
    this.#checkMark(now, order);
  }

  #checkMark(now: number, order: number): void {
    const mark = this.#mark;
    if (mark === undefined || this.queue.taken < mark.place || !mark.isReady()) return;
    // What becomes due later cannot put the stop off: only what was due at this moment can.
    mark.due ??= { now, order };
    if (this.timers.hasDue(mark.due.now, mark.due.order)) return;
    this.#mark = undefined;
    mark.reached();
  }

  /** Asks for a turn, a wakeup, or nothing (C2). */
  #arm(): void {
    if (this.#inTurn) return;
    const limit = this.limits.nextDeadline();
    if (!this.#active) {
      if (limit === Infinity) this.#requests.release();
      else this.#requests.at(limit);
      return;
    }
    const next = Math.min(limit, this.timers.nextDeadline());
    if (this.queue.size > 0 || this.#mark?.isReady() === true) this.#requests.soon();
    else if (next !== Infinity && next <= this.#env.now()) this.#requests.soon();
    else this.#requests.at(next);
  }

  readonly #invoke = (fn: () => unknown): void => {
    try {
      const result = fn();
      if (result !== undefined) this.#env.watch(result, 'call', callName(fn));
    } catch (error) {
      this.#env.report(error, { kind: 'call', name: callName(fn) });
    }
  };

  readonly #invokeTimed: Invoke = (fn, call, lateness) => {
    this.#timedCalls++;
    this.#latenessSum += lateness;
    if (lateness > this.#latenessMax) this.#latenessMax = lateness;
    try {
      const result = fn();
      if (result !== undefined) this.#env.watch(result, 'timed-call', call.name);
    } catch (error) {
      this.#env.report(error, { kind: 'timed-call', name: call.name });
    }
  };

  readonly #invokeWatched = (fn: () => unknown): void => {
    const start = this.#env.now();
    this.#invoke(fn);
    this.#env.notify('call', {
      kind: 'call',
      name: callName(fn),
      start,
      duration: this.#env.now() - start,
      lateness: 0,
    });
  };

  readonly #invokeTimedWatched: Invoke = (fn, call, lateness) => {
    const { name } = call;
    const start = this.#env.now();
    this.#invokeTimed(fn, call, lateness);
    this.#env.notify('call', { kind: 'timed-call', name, start, duration: this.#env.now() - start, lateness });
  };
}

const runLimit: Invoke = (fn) => {
  fn();
};
