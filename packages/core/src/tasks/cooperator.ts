import type { Clock, DelayedCall } from '../ground/clock.ts';
import { TaskStateError } from '../ground/errors.ts';
import { disposable, dispose } from '../ground/host.ts';
import { Slice } from '../turn/slice.ts';
import { whenSettled } from '../ground/thenable.ts';
import { checkClock } from './check-clock.ts';
import { Completion, named, report } from './completion.ts';
import { checkIterator, resultOf } from './task-iterator.ts';

/** A long task in small steps (C45); Twisted's `CooperativeTask`. Disposing it is like `stop()`, without an error if it is over. */
export interface CooperativeTask extends Disposable {
  /** Stops stepping until `resume()` was called as often as `pause()`. Throws `TaskStateError` if the task is over. */
  pause(): void;
  /** Undoes one `pause()`. Throws `TaskStateError` if the task isn't paused, or is over. */
  resume(): void;
  /** Ends the task and calls the iterator's `return`. Throws `TaskStateError` if the task is over. */
  stop(): void;
  /**
   * Rejects with the error that the iterator threw, or that a promise it yielded rejected with; with `ReactorStoppedError` if the run ends
   * first.
   */
  whenDone(): Promise<'finished' | 'stopped'>;
}

/** How long a turn steps tasks, in milliseconds. */
const SLICE_MS = 5;
/** Most steps in a turn: with a clock that stands still, time alone would never end the slice. */
const SLICE_STEPS = 1_000;

const cooperators: WeakMap<Clock, Cooperator> = new WeakMap();

/**
 * Runs an iterator to its end in small steps (C45). Each turn spends a slice of time on all tasks of the clock, one step each in turns.
 * A promise that the iterator yields pauses this task alone. [Twisted: `Cooperator`]
 *
 * Throws `TypeError` if `iterator` isn't a sync iterator. Instead of an async generator use `function*`, and yield the promises it awaits.
 *
 * @example
 * ```ts
 * function* index(rows: readonly Row[]) { for (const row of rows) yield add(row); }
 * await cooperate(reactor, index(rows)).whenDone();
 * ```
 */
export function cooperate(clock: Clock, iterator: Iterator<unknown>): CooperativeTask {
  checkClock(clock, 'cooperate()');
  checkIterator(iterator);
  let cooperator = cooperators.get(clock);
  if (cooperator === undefined) cooperators.set(clock, (cooperator = new Cooperator(clock)));
  return new DisposableTask(cooperator, iterator);
}

/** The tasks of one clock. */
class Cooperator {
  readonly clock: Clock;
  readonly #slice: Slice;
  readonly #tasks: Set<Task> = new Set();
  readonly #runnable: Set<Task> = new Set();
  /** The next task. It goes on where the last slice ended. */
  #round: Iterator<Task, undefined> = this.#runnable.values();
  #isCalled = false;
  /** A call that is never due: its `onDrop` tells that the run has ended. */
  #guard: DelayedCall | undefined;
  readonly #onCall: () => void;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#slice = new Slice(() => clock.now(), SLICE_MS, SLICE_STEPS);
    this.#onCall = named('cooperate', () => {
      this.#run();
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
    this.#runnable.delete(task);
    if (this.#tasks.size === 0) this.#guard?.[dispose]();
  }

  setRunnable(task: Task, runnable: boolean): void {
    if (runnable) this.#runnable.add(task);
    else this.#runnable.delete(task);
    this.#call();
  }

  #call(): void {
    if (this.#isCalled || this.#runnable.size === 0) return;
    this.#isCalled = true;
    this.clock.callSoon(this.#onCall);
  }

  #run(): void {
    this.#isCalled = false;
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
    this.#call();
  }
}

class Task implements CooperativeTask {
  readonly #cooperator: Cooperator;
  readonly #iterator: Iterator<unknown>;
  readonly #completion: Completion<'finished' | 'stopped'> = new Completion();
  #state: 'alive' | 'finished' | 'stopped' | 'failed' = 'alive';
  #pauses = 0;
  /** The promise that it yielded is pending. */
  #isWaiting = false;
  #isStepping = false;

  constructor(cooperator: Cooperator, iterator: Iterator<unknown>) {
    this.#cooperator = cooperator;
    this.#iterator = iterator;
    cooperator.add(this);
    this.#update();
  }

  declare readonly [Symbol.dispose]: () => void;

  dispose(): void {
    if (this.#state === 'alive') this.stop();
  }

  pause(): void {
    this.#requireAlive('pause');
    this.#pauses++;
    this.#update();
  }

  resume(): void {
    this.#requireAlive('resume');
    if (this.#pauses === 0)
      throw new TaskStateError('resume() of a task that is not paused: pause() it first, once for each resume().');
    this.#pauses--;
    this.#update();
  }

  stop(): void {
    this.#requireAlive('stop');
    this.#end('stopped');
    // Inside its own step the iterator can't be closed yet.
    if (!this.#isStepping) this.#close();
  }

  whenDone(): Promise<'finished' | 'stopped'> {
    return this.#completion.whenDone();
  }

  /** One step; never throws. */
  step(): void {
    this.#isStepping = true;
    try {
      const { done, value } = resultOf(this.#iterator);
      this.#isStepping = false;
      if (this.#state === 'stopped') this.#close();
      else if (done === true) {
        this.#end('finished');
        this.#completion.resolve('finished');
      } else if (whenSettled(value, this.#onFulfilled, this.#onRejected) !== undefined) {
        this.#isWaiting = true;
        this.#update();
      }
    } catch (error) {
      this.#isStepping = false;
      this.#fail(error);
    }
  }

  /** The run has ended before the task. Not reported: only `whenDone()` tells it. */
  drop(error: unknown): void {
    this.#end('failed');
    this.#completion.reject(error);
    this.#close();
  }

  readonly #onFulfilled = (): void => {
    this.#isWaiting = false;
    this.#update();
  };

  readonly #onRejected = (error: unknown): void => {
    if (this.#state !== 'alive') return;
    this.#fail(error);
    this.#close();
  };

  #update(): void {
    this.#cooperator.setRunnable(this, this.#state === 'alive' && this.#pauses === 0 && !this.#isWaiting);
  }

  #end(state: 'finished' | 'stopped' | 'failed'): void {
    this.#state = state;
    this.#cooperator.remove(this);
  }

  #fail(error: unknown): void {
    this.#end('failed');
    if (!this.#completion.reject(error)) report(this.#cooperator.clock, 'cooperate', error);
  }

  /** Lets an iterator that isn't at its end clean up. */
  #close(): void {
    try {
      const returned: unknown = this.#iterator.return?.();
      void whenSettled(
        returned,
        () => undefined,
        (error) => {
          report(this.#cooperator.clock, 'cooperate', error);
        },
      );
    } catch (error) {
      this.#fail(error);
    }
    this.#completion.resolve('stopped');
  }

  #requireAlive(what: string): void {
    if (this.#state === 'alive') return;
    throw new TaskStateError(`${what}() of a task that has ${this.#state}: wait for its end with whenDone() instead.`);
  }
}

const DisposableTask = /* @__PURE__ */ disposable(Task);
