import { expect, test } from '@jest/globals';
import { TaskStateError } from '../../src/ground/errors.ts';
import { cooperate } from '../../src/tasks/cooperator.ts';
import { HandClock } from '../hand-clock.ts';
import { settled } from '../hand-turned-reactor.ts';
import { steps } from './steps.ts';

test('C45: tasks are stepped in turns, one step each, to their end', async () => {
  const clock = new HandClock();
  const order: string[] = [];
  const tasks = ['a', 'b', 'c'].map((name, index) =>
    cooperate(
      clock,
      steps(index + 1, (step) => order.push(`${name}${step}`)),
    ),
  );
  expect(order).toEqual([]);
  clock.turn();
  expect(order).toEqual(['a0', 'b0', 'c0', 'b1', 'c1', 'c2']);
  expect(await Promise.all(tasks.map((task) => task.whenDone()))).toEqual(['finished', 'finished', 'finished']);
  expect(clock.waiting).toEqual([]);
});

test('C45: a slice ends after 5 ms, and the next turn goes on with the task whose turn it is', () => {
  const clock = new HandClock();
  const order: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    cooperate(
      clock,
      steps(4, (step) => {
        order.push(`${name}${step}`);
        clock.pass(2);
      }),
    );
  }
  const slices: string[] = [];
  for (let turn = 0; turn < 4; turn++) {
    clock.turn();
    slices.push(order.splice(0).join(' '));
  }
  expect(slices).toEqual(['a0 b0 c0', 'a1 b1 c1', 'a2 b2 c2', 'a3 b3 c3']);
});

test('C45: steps longer than a slice take turns, and timed calls run between them', () => {
  const clock = new HandClock();
  const order: string[] = [];
  for (const name of ['a', 'b']) {
    cooperate(
      clock,
      steps(2, () => {
        order.push(name);
        clock.pass(30);
      }),
    );
  }
  clock.callLater(40, () => order.push('timed'));
  for (let turn = 0; turn < 4; turn++) clock.turn();
  expect(order).toEqual(['a', 'b', 'timed', 'a', 'b']);
});

test('C45: on a clock that stands still a slice still ends', () => {
  const clock = new HandClock();
  let count = 0;
  const task = cooperate(
    clock,
    steps(Infinity, () => count++),
  );
  clock.turn();
  expect(count).toBe(1_000);
  clock.turn();
  expect(count).toBe(2_000);
  task.stop();
  clock.turn();
  expect([count, clock.waiting]).toEqual([2_000, []]);
});

test('C45: pause counts, and a paused task leaves the others alone', async () => {
  const clock = new HandClock();
  const order: string[] = [];
  const task = cooperate(
    clock,
    steps(1, () => order.push('paused')),
  );
  task.pause();
  task.pause();
  cooperate(
    clock,
    steps(2, () => order.push('other')),
  );
  clock.turn();
  task.resume();
  clock.turn();
  expect(order).toEqual(['other', 'other']);
  task.resume();
  clock.turn();
  expect(order).toEqual(['other', 'other', 'paused']);
  await expect(task.whenDone()).resolves.toBe('finished');
});

test('C45: paused in its own step a task takes no further one', () => {
  const clock = new HandClock();
  let count = 0;
  const task = cooperate(
    clock,
    steps(3, () => {
      count++;
      task.pause();
    }),
  );
  clock.turn();
  clock.turn();
  expect(count).toBe(1);
  task.resume();
  clock.turn();
  expect(count).toBe(2);
});

test('C45: a yielded promise pauses that task only, and a resume() does not hurry it', async () => {
  const clock = new HandClock();
  const order: string[] = [];
  let open = (): void => {};
  const gate: Promise<void> = new Promise((resolve) => {
    open = resolve;
  });
  const task = cooperate(
    clock,
    steps(2, (step) => {
      order.push(`waits${step}`);
      return gate;
    }),
  );
  cooperate(
    clock,
    steps(2, () => order.push('other')),
  );
  clock.turn();
  expect(order).toEqual(['waits0', 'other', 'other']);
  task.pause();
  task.resume();
  expect(() => {
    task.resume();
  }).toThrow(TaskStateError);
  clock.turn();
  expect(order).toHaveLength(3);
  open();
  await settled();
  clock.turn();
  expect(order.slice(3)).toEqual(['waits1']);
  await settled();
  clock.turn();
  await expect(task.whenDone()).resolves.toBe('finished');
});

test('C45: tasks of different clocks run independently', () => {
  const clocks = [new HandClock(), new HandClock()] as const;
  const counts = [0, 0];
  clocks.forEach((clock, index) =>
    cooperate(
      clock,
      steps(3, () => counts[index]!++),
    ),
  );
  clocks[1].turn();
  expect(counts).toEqual([0, 3]);
});
