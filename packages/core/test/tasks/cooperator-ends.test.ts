import { expect, test } from '@jest/globals';
import { ReactorStoppedError, TaskStateError } from '../../src/ground/errors.ts';
import { cooperate } from '../../src/tasks/cooperator.ts';
import { HandClock } from '../hand-clock.ts';
import { settled } from '../hand-turned-reactor.ts';
import { steps } from './steps.ts';

test('C45: stop closes the iterator and resolves with stopped; misuse of a task that is over is a TaskStateError', async () => {
  const clock = new HandClock();
  const ends: string[] = [];
  const stopped = cooperate(
    clock,
    steps(
      Infinity,
      () => {},
      () => ends.push('closed'),
    ),
  );
  const finished = cooperate(
    clock,
    steps(0, () => {}),
  );
  clock.turn();
  stopped.stop();
  expect(ends).toEqual(['closed']);
  expect([await stopped.whenDone(), await finished.whenDone()]).toEqual(['stopped', 'finished']);
  for (const task of [stopped, finished]) {
    for (const misuse of [
      () => {
        task.stop();
      },
      () => {
        task.pause();
      },
      () => {
        task.resume();
      },
    ])
      expect(misuse).toThrow(TaskStateError);
    task[Symbol.dispose]();
  }
  clock.turn();
  expect(clock.waiting).toEqual([]);
});

test('C45: stopped in its own step a task ends with that step, its iterator closed', async () => {
  const clock = new HandClock();
  const ends: number[] = [];
  let count = 0;
  const task = cooperate(
    clock,
    steps(
      Infinity,
      () => {
        count++;
        task[Symbol.dispose]();
      },
      () => ends.push(count),
    ),
  );
  clock.turn();
  expect(ends).toEqual([1]);
  await expect(task.whenDone()).resolves.toBe('stopped');
  clock.turn();
  expect([count, clock.errors, clock.waiting]).toEqual([1, [], []]);
});

test('C45: whenDone() rejects with the error of the iterator, also that of its clean-up at a stop', async () => {
  const clock = new HandClock();
  const failing = cooperate(
    clock,
    steps(2, () => {
      throw 'broken';
    }),
  );
  const closing = cooperate(
    clock,
    steps(
      Infinity,
      () => {},
      () => {
        throw 'cannot close';
      },
    ),
  );
  const results = Promise.allSettled([failing.whenDone(), closing.whenDone()]);
  clock.turn();
  closing.stop();
  expect(await results).toEqual([
    { status: 'rejected', reason: 'broken' },
    { status: 'rejected', reason: 'cannot close' },
  ]);
  expect(() => {
    failing.stop();
  }).toThrow('failed');
  clock.turn();
  expect([clock.errors, clock.waiting]).toEqual([[], []]);
});

test('C45: a promise that rejects fails its task, closes the iterator and leaves the others alone', async () => {
  const clock = new HandClock();
  const ends: string[] = [];
  const task = cooperate(
    clock,
    steps(
      2,
      () => Promise.reject('late'),
      () => ends.push('closed'),
    ),
  );
  const other = cooperate(
    clock,
    steps(3, () => undefined),
  );
  const rejected = expect(task.whenDone()).rejects.toBe('late');
  clock.turn();
  await rejected;
  expect(ends).toEqual(['closed']);
  await expect(other.whenDone()).resolves.toBe('finished');
});

test('C45: an iterator that fails to clean up after its task has failed is reported', async () => {
  const clock = new HandClock();
  const task = cooperate(
    clock,
    steps(
      2,
      () => Promise.reject('late'),
      () => {
        throw 'cannot close';
      },
    ),
  );
  const rejected = expect(task.whenDone()).rejects.toBe('late');
  clock.turn();
  await rejected;
  clock.turn();
  expect(clock.errors).toEqual([{ name: 'cooperate', error: 'cannot close' }]);
});

test('C45: a promise that settles after its task was stopped changes nothing', async () => {
  const clock = new HandClock();
  const fates: ((failed: boolean) => void)[] = [];
  const tasks = [0, 1].map(() =>
    cooperate(
      clock,
      steps(
        5,
        () =>
          new Promise<void>((resolve, reject) => {
            fates.push((failed) => {
              if (failed) reject('late');
              else resolve();
            });
          }),
      ),
    ),
  );
  clock.turn();
  for (const task of tasks) task.stop();
  fates.forEach((settle, index) => {
    settle(index === 0);
  });
  await settled();
  clock.turn();
  expect([await tasks[0]!.whenDone(), await tasks[1]!.whenDone(), fates.length]).toEqual(['stopped', 'stopped', 2]);
  expect([clock.errors, clock.waiting]).toEqual([[], []]);
});

test('C45: without whenDone() a failure is reported, and is no unhandled rejection', async () => {
  const clock = new HandClock();
  const task = cooperate(
    clock,
    steps(1, () => {
      throw 'broken';
    }),
  );
  await settled();
  clock.turn();
  clock.turn();
  await settled();
  expect(clock.errors).toEqual([{ name: 'cooperate', error: 'broken' }]);
  await expect(task.whenDone()).rejects.toBe('broken');
});

test('C30: tasks left when the run ends reject with ReactorStoppedError and are closed, the paused ones too', async () => {
  const clock = new HandClock();
  let closed = 0;
  const close = (): void => {
    closed++;
  };
  const tasks = [0, 1, 2].map((index) =>
    cooperate(
      clock,
      steps(Infinity, () => (index === 2 ? new Promise(() => {}) : 0), close),
    ),
  );
  tasks[1]!.pause();
  clock.turn();
  const results = Promise.allSettled([tasks[0]!.whenDone(), tasks[1]!.whenDone()]);
  expect(clock.waiting).toEqual(['cooperate', 'cooperate']);
  const error = clock.end();
  expect(error).toBeInstanceOf(ReactorStoppedError);
  expect(await results).toEqual([
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ]);
  await settled();
  expect(closed).toBe(2); // a generator that has not begun has nothing to close
  expect(clock.timers.size).toBe(0);
});

test('C30: a clock that goes on after it has dropped its calls takes new tasks, and drops those', async () => {
  const clock = new HandClock();
  const step = (): number => 0;
  cooperate(clock, steps(1, step));
  clock.end();
  const finishing = cooperate(clock, steps(1, step));
  const left = cooperate(clock, steps(Infinity, step));
  clock.turn();
  await expect(finishing.whenDone()).resolves.toBe('finished');
  const rejected = expect(left.whenDone()).rejects.toBeInstanceOf(ReactorStoppedError);
  clock.end();
  await rejected;
});

test('C45: a value that is no iterator is refused with a TypeError that says what to do', () => {
  const clock = new HandClock();
  expect(() => cooperate(clock, (() => {}) as never)).toThrow(/call the generator function/);
  expect(clock.waiting).toEqual([]);
});
