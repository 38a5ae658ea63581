import { expect, test } from '@jest/globals';
import { every, type LoopingCall } from '../../src/tasks/looping-call.ts';
import { HandClock } from '../hand-clock.ts';
import { recorder, deferred } from './loop-runs.ts';

test('C44: the first run comes after one interval, the others on the grid', () => {
  const clock = new HandClock(100);
  const { runs, record } = recorder(clock);
  every(clock, 10, record);
  clock.advance(35);
  expect(runs).toEqual([
    { now: 110, time: 110, missed: 0 },
    { now: 120, time: 120, missed: 0 },
    { now: 130, time: 130, missed: 0 },
  ]);
});

test('C44: with `now` the first slot is the start, and its run comes in the next turn', () => {
  const clock = new HandClock(100);
  const { runs, record } = recorder(clock);
  every(clock, 10, record, { now: true });
  expect(runs).toEqual([]);
  clock.advance(10);
  expect(runs).toEqual([
    { now: 100, time: 100, missed: 0 },
    { now: 110, time: 110, missed: 0 },
  ]);
});

test('C44: a late run skips slots, says how many it missed, and the grid stays', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 1, record);
  for (const ms of [1, 2.5, 0.5, 1]) clock.jump(ms);
  expect(runs).toEqual([
    { now: 1, time: 1, missed: 0 },
    { now: 3.5, time: 3, missed: 1 },
    { now: 4, time: 4, missed: 0 },
    { now: 5, time: 5, missed: 0 },
  ]);
});

test('C44: a slow run skips the slots that it ran through', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 10, (tick) => {
    record(tick);
    if (runs.length === 1) clock.pass(25);
  });
  clock.advance(50);
  expect(runs).toEqual([
    { now: 10, time: 10, missed: 0 },
    { now: 40, time: 40, missed: 2 },
    { now: 50, time: 50, missed: 0 },
  ]);
});

test('C44: a run that ends on a slot does not run it again', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 10, (tick) => {
    record(tick);
    if (runs.length === 1) clock.pass(10);
  });
  clock.advance(40);
  expect(runs).toEqual([
    { now: 10, time: 10, missed: 0 },
    { now: 30, time: 30, missed: 1 },
    { now: 40, time: 40, missed: 0 },
  ]);
});

test('C44: a promise holds back the next run, and the next slot after it settles is next', async () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  const work = deferred();
  every(clock, 1, (tick) => {
    record(tick);
    return runs.length === 1 ? work.promise : undefined;
  });
  await clock.advanceAsync(2.3);
  expect(runs).toEqual([{ now: 1, time: 1, missed: 0 }]);
  work.resolve();
  await clock.advanceAsync(1.7);
  expect(runs).toEqual([
    { now: 1, time: 1, missed: 0 },
    { now: 3, time: 3, missed: 1 },
    { now: 4, time: 4, missed: 0 },
  ]);
});

test('C44: a thenable of any make holds back the next run', async () => {
  const clock = new HandClock();
  let settle = (): void => {};
  let runs = 0;
  every(clock, 1, () => {
    runs++;
    return {
      then(fulfilled: () => void) {
        settle = fulfilled;
      },
    };
  });
  await clock.advanceAsync(5);
  expect(runs).toBe(1);
  settle();
  settle();
  await clock.advanceAsync(1);
  expect(runs).toBe(2);
});

test('C44: a clock that calls a hair early neither doubles a slot nor loses one', () => {
  const clock = new HandClock(50);
  const { runs, record } = recorder(clock);
  clock.callLater = (ms, fn, options) => clock.timers.add(Math.max(0, ms - 0.5), fn, options);
  every(clock, 10, record);
  clock.advance(40);
  expect(runs).toEqual([
    { now: 59.5, time: 60, missed: 0 },
    { now: 69.5, time: 70, missed: 0 },
    { now: 79.5, time: 80, missed: 0 },
    { now: 89.5, time: 90, missed: 0 },
  ]);
});

test('C44: a clock that moves whenever it is read never makes a delay negative', () => {
  const clock = new HandClock();
  let runs = 0;
  const { now } = clock;
  clock.now = () => {
    clock.pass(0.4);
    return now.call(clock);
  };
  every(clock, 0.5, () => runs++);
  for (let turn = 0; turn < 100; turn++) clock.jump(0.07);
  expect(runs).toBeGreaterThan(10);
  expect(clock.errors).toEqual([]);
});

test('C44: the interval 0 runs once a turn and lets timed calls run between', () => {
  const clock = new HandClock();
  const order: string[] = [];
  const loop = every(clock, 0, ({ missed }) => order.push(`loop ${missed}`));
  clock.callLater(0, () => order.push('timed'));
  clock.turn();
  clock.turn();
  loop.reset();
  clock.turn();
  loop.stop();
  clock.turn();
  expect(order).toEqual(['loop 0', 'timed', 'loop 0', 'loop 0']);
  expect(clock.waiting).toEqual([]);
});

test('C44: an interval that is never over runs only for `now`', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, Infinity, record, { now: true });
  every(clock, Infinity, record);
  clock.advance(1e12);
  expect(runs).toEqual([{ now: 0, time: 0, missed: 0 }]);
});

test('C44: reset moves the grid to now', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  const loop = every(clock, 10, record);
  clock.advance(17);
  loop.reset();
  clock.advance(25);
  expect(runs).toEqual([
    { now: 10, time: 10, missed: 0 },
    { now: 27, time: 27, missed: 0 },
    { now: 37, time: 37, missed: 0 },
  ]);
});

test('C44: reset before the run of `now` skips that run', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 10, record, { now: true }).reset();
  clock.advance(10);
  expect(runs).toEqual([{ now: 10, time: 10, missed: 0 }]);
});

test('C44: reset from inside a run, or while its promise pends, counts from then', async () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  const work = deferred();
  const loop: LoopingCall = every(clock, 10, (tick) => {
    record(tick);
    if (runs.length === 1) {
      clock.pass(3);
      loop.reset();
    }
    return runs.length === 2 ? work.promise : undefined;
  });
  await clock.advanceAsync(25); // runs at 10 and 23
  loop.reset(); // at 25
  await clock.advanceAsync(2);
  work.resolve();
  await clock.advanceAsync(20);
  expect(runs).toEqual([
    { now: 10, time: 10, missed: 0 },
    { now: 23, time: 23, missed: 0 },
    { now: 35, time: 35, missed: 0 },
    { now: 45, time: 45, missed: 0 },
  ]);
});

test('C47: the call that waits has the name of the loop', () => {
  const clock = new HandClock();
  every(clock, 10, function beat() {});
  every(clock, 20, () => {});
  every(clock, 0, () => {}, { name: 'frames' });
  expect(clock.waiting).toEqual(['frames', 'beat', 'every']);
});
