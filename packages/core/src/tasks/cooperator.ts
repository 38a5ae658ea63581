import { checkKeys } from '../ground/check-keys.ts';
import { checkOneOf } from '../ground/check-one-of.ts';
import type { Clock, DelayedCall } from '../ground/clock.ts';
import { dispose } from '../ground/host.ts';
import { Slice } from '../turn/slice.ts';
import { checkClock } from './check-clock.ts';
import { named } from './completion.ts';
import { DisposableTask, type CooperativeTask, type Task, type TaskOwner } from './cooperative-task.ts';
import { whenIdle } from './idle-time.ts';
import { checkIterator } from './task-iterator.ts';

/** How long a turn steps tasks, in milliseconds. */
const SLICE_MS = 5;
/** The same in idle time: after each slice it asks how much idle time is left. */
const IDLE_SLICE_MS = 1;
/** The maximum number of steps in a slice. If the clock stands still, the time alone would never end the slice. */
const SLICE_STEPS = 1_000;
/** The maximum number of slices in one idle time, for the same reason. */
const IDLE_SLICES = 50;

const PRIORITIES: readonly string[] = ['normal', 'idle'];

const cooperators: WeakMap<Clock, Cooperator> = new WeakMap();
const idleCooperators: WeakMap<Clock, Cooperator> = new WeakMap();

/** Options of {@link cooperate}. */
export interface CooperateOptions {
  /**
   * `normal`, the default: each turn spends 5 ms on tasks. `idle`: the task runs in the time that everything else leaves (B24). On a page
   * that is the rest of each frame: the task runs by `requestIdleCallback`, outside of turns, and shares that time with the other idle
   * callbacks of the page. Where the host doesn't tell when it is idle, the task runs up to 5 ms at a time, and 1 ms while timed calls are
   * late.
   */
  readonly priority?: 'normal' | 'idle';
}

/**
 * Runs an iterator to its end in small steps (C45). Each turn spends a slice of time on the tasks of the clock: one step of each, round and
 * round. A promise that the iterator yields pauses this task alone. [Twisted: `Cooperator`]
 *
 * Throws `TypeError` if `iterator` isn't a sync iterator, and for a wrong option. Instead of an async generator use `function*`, and yield
 * the promises it awaits.
 *
 * @example
 * ```ts
 * function* index(rows: readonly Row[]) { for (const row of rows) yield add(row); }
 * await cooperate(reactor, index(rows), { priority: 'idle' }).whenDone();
 * ```
 */
export function cooperate(clock: Clock, iterator: Iterator<unknown>, options: CooperateOptions = {}): CooperativeTask {
  checkClock(clock, 'cooperate()');
  checkIterator(iterator);
  checkKeys(options, ['priority'], 'cooperate()');
  const { priority = 'normal' } = options;
  checkOneOf(priority, PRIORITIES, 'The priority of a task');
  const known = priority === 'idle' ? idleCooperators : cooperators;
  let cooperator = known.get(clock);
  if (cooperator === undefined) known.set(clock, (cooperator = new Cooperator(clock, priority)));
  return new DisposableTask(cooperator, iterator);
}

/** The tasks of one clock that have one priority. */
class Cooperator implements TaskOwner {
  readonly clock: Clock;
  readonly #isIdle: boolean;
  readonly #slice: Slice;
  readonly #tasks: Set<Task> = new Set();
  readonly #runnable: Set<Task> = new Set();
  /** Goes round the runnable tasks. Each slice goes on where the last one ended. */
  #round: Iterator<Task, undefined> = this.#runnable.values();
  #state: 'resting' | 'requested' | 'running' = 'resting';
  /** Cancels the request for idle time. */
  #cancel: (() => void) | undefined;
  /** A call that is never due: its `onDrop` tells that the run has ended. */
  #guard: DelayedCall | undefined;
  readonly #onCall: () => void;

  constructor(clock: Clock, priority: 'normal' | 'idle') {
    this.clock = clock;
    this.#isIdle = priority === 'idle';
    this.#slice = new Slice(() => clock.now(), this.#isIdle ? IDLE_SLICE_MS : SLICE_MS, SLICE_STEPS);
    this.#onCall = named('cooperate', () => {
      this.#run(() => {
        this.#runSlice();
      });
    });
  }

  add(task: Task): void {
    this.#tasks.add(task);
    if (this.#guard?.active === true) return;
    const onDrop = (error: unknown): void => {
      for (const each of this.#tasks) each.drop(error);
    };
    this.#guard = this.clock.callLater(Infinity, () => undefined, { name: 'cooperate', onDrop });
  }

  remove(task: Task): void {
    this.#tasks.delete(task);
    this.setRunnable(task, false);
    if (this.#tasks.size === 0) this.#guard?.[dispose]();
  }

  setRunnable(task: Task, runnable: boolean): void {
    if (runnable) this.#runnable.add(task);
    else this.#runnable.delete(task);
    this.#call();
  }

  /** Requests a call while a task is runnable. A queued call can't be cancelled: it finds nothing to do. */
  #call(): void {
    if (this.#state === 'resting' && this.#runnable.size > 0) {
      this.#state = 'requested';
      if (this.#isIdle) this.#cancel = whenIdle(this.clock, this.#onIdle);
      else this.clock.callSoon(this.#onCall);
    } else if (this.#state === 'requested' && this.#runnable.size === 0 && this.#isIdle) {
      this.#state = 'resting';
      this.#cancel?.();
    }
  }

  readonly #onIdle = (left: () => number): void => {
    this.#run(() => {
      for (let n = 0; n < IDLE_SLICES && this.#runnable.size > 0 && left() >= IDLE_SLICE_MS; n++) this.#runSlice();
    });
  };

  #run(slices: () => void): void {
    this.#state = 'running';
    try {
      slices(); // throws only if the clock does
    } finally {
      this.#state = 'resting';
      this.#call();
    }
  }

  #runSlice(): void {
    this.#slice.begin(this.clock.now());
    while (this.#runnable.size > 0) {
      const { done, value: task } = this.#round.next();
      if (done === true) {
        this.#round = this.#runnable.values();
        continue;
      }
      task.step();
      if (this.#slice.spent()) break;
    }
  }
}
