import type { Clock, DelayedCall } from '../clock.ts';
import { TaskStateError } from '../errors.ts';
import { disposable, dispose } from '../host.ts';
import { Slice } from '../slice.ts';
import { whenSettled } from '../thenable.ts';
import { Completion, named, report } from './completion.ts';

/** A long task in small steps (C45); Twisted's `CooperativeTask`. Disposing stops it and forgives: no error when it is over. */
export interface CooperativeTask extends Disposable {
  /** No step until `resume()` was called as often. Throws `TaskStateError` when the task is over. */
  pause(): void;
  /** Takes back one `pause()`. Throws `TaskStateError` when there is none, or the task is over. */
  resume(): void;
  /** No further step; the iterator's `return` is called. Throws `TaskStateError` when the task is over. */
  stop(): void;
  /** Rejects with what the iterator threw, or what a promise rejected with that it yielded; with `ReactorStoppedError` when the run ends first. */
  whenDone(): Promise<'finished' | 'stopped'>;
}

/** How long a turn steps tasks, milliseconds, and how many steps at most: a clock that stands still must not hold the turn. */
const sliceMs = 5;
const sliceSteps = 1_000;

const cooperators: WeakMap<Clock, Cooperator> = new WeakMap();

/**
 * Steps an iterator to its end, a slice each turn, shared fairly with the other tasks of this clock: in turns, one step each (C45). A
 * promise that it yields pauses that task alone. [Twisted: `Cooperator`]
 *
 * @example
 * ```ts
 * function* index(rows: readonly Row[]) { for (const row of rows) yield add(row); }
 * await cooperate(reactor, index(rows)).whenDone();
 * ```
 */
export function cooperate(clock: Clock, iterator: Iterator<unknown>): CooperativeTask {
  if (typeof iterator.next !== 'function') {
    throw new TypeError(
      'cooperate() needs an iterator: call the generator function, or take the Symbol.iterator of an iterable.',
    );
  }
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
  /** Whose turn it is; goes on where the last slice ended. */
  #round: Iterator<Task, undefined> = this.#runnable.values();
  #isCalled = false;
  /** Never due: it hears when the run ends. */
  #guard: DelayedCall | undefined;
  readonly #onCall: () => void;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#slice = new Slice(() => clock.now(), sliceMs, sliceSteps);
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
  /** The promise that it yielded has not settled. */
  #waits = false;
  #stepping = false;

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
    // Inside its own step the iterator cannot be closed yet.
    if (!this.#stepping) this.#close();
  }

  whenDone(): Promise<'finished' | 'stopped'> {
    return this.#completion.whenDone();
  }

  /** One step; never throws. */
  step(): void {
    this.#stepping = true;
    try {
      const { done, value } = this.#iterator.next() as IteratorResult<unknown, unknown>; // as: the end is `any` in Iterator
      this.#stepping = false;
      if (this.#state === 'stopped') this.#close();
      else if (done === true) {
        this.#end('finished');
        this.#completion.resolve('finished');
      } else if (whenSettled(value, this.#onFulfilled, this.#onRejected) !== undefined) {
        this.#waits = true;
        this.#update();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The run has ended before the task. Who has not asked how it ended is not told. */
  drop(error: unknown): void {
    this.#end('failed');
    this.#completion.reject(error);
    this.#close();
  }

  readonly #onFulfilled = (): void => {
    this.#waits = false;
    this.#update();
  };

  readonly #onRejected = (error: unknown): void => {
    if (this.#state !== 'alive') return;
    this.#fail(error);
    this.#close();
  };

  #update(): void {
    this.#cooperator.setRunnable(this, this.#state === 'alive' && this.#pauses === 0 && !this.#waits);
  }

  #end(state: 'finished' | 'stopped' | 'failed'): void {
    this.#state = state;
    this.#cooperator.remove(this);
  }

  #fail(error: unknown): void {
    this.#end('failed');
    if (!this.#completion.reject(error)) report(this.#cooperator.clock, 'cooperate', error);
  }

  /** Lets an iterator that has not come to its end clean up. */
  #close(): void {
    try {
      this.#iterator.return?.();
    } catch (error) {
      this.#fail(error);
    }
    this.#completion.resolve('stopped');
  }

  #requireAlive(what: string): void {
    if (this.#state === 'alive') return;
    throw new TaskStateError(`${what}() of a task that has ${this.#state}: wait for the end with whenDone() instead.`);
  }
}

const DisposableTask = /* @__PURE__ */ disposable(Task);
