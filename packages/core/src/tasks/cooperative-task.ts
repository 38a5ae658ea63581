import type { Clock } from '../ground/clock.ts';
import { TaskStateError } from '../ground/errors.ts';
import { disposable } from '../ground/host.ts';
import { whenSettled } from '../ground/thenable.ts';
import { Completion, report } from './completion.ts';
import { resultOf } from './task-iterator.ts';

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

/** What a task needs of the cooperator that steps it. */
export interface TaskOwner {
  readonly clock: Clock;
  add(task: Task): void;
  remove(task: Task): void;
  /** A task that is neither paused nor waiting for a promise is runnable. */
  setRunnable(task: Task, runnable: boolean): void;
}

export class Task implements CooperativeTask {
  readonly #owner: TaskOwner;
  readonly #iterator: Iterator<unknown>;
  readonly #completion: Completion<'finished' | 'stopped'> = new Completion();
  #state: 'alive' | 'finished' | 'stopped' | 'failed' = 'alive';
  #pauses = 0;
  /** The promise that it yielded is pending. */
  #isWaiting = false;
  #isStepping = false;

  constructor(owner: TaskOwner, iterator: Iterator<unknown>) {
    this.#owner = owner;
    this.#iterator = iterator;
    owner.add(this);
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
    this.#owner.setRunnable(this, this.#state === 'alive' && this.#pauses === 0 && !this.#isWaiting);
  }

  #end(state: 'finished' | 'stopped' | 'failed'): void {
    this.#state = state;
    this.#owner.remove(this);
  }

  #fail(error: unknown): void {
    this.#end('failed');
    if (!this.#completion.reject(error)) report(this.#owner.clock, 'cooperate', error);
  }

  /** Lets an iterator that isn't at its end clean up. */
  #close(): void {
    try {
      const returned: unknown = this.#iterator.return?.();
      void whenSettled(
        returned,
        () => undefined,
        (error) => {
          report(this.#owner.clock, 'cooperate', error);
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

/** A task that has `[Symbol.dispose]`. */
export const DisposableTask: typeof Task = /* @__PURE__ */ disposable(Task);
