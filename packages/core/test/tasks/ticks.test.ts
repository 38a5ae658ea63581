import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { sleep } from '../../src/tasks/sleep.ts';
import { ticks } from '../../src/tasks/ticks.ts';
import { HandClock } from '../hand-clock.ts';

test('C44: ticks gives each slot to a consumer that keeps up', async () => {
  const clock = new HandClock();
  const seen: unknown[] = [];
  const consumer = (async () => {
    for await (const { time, missed } of ticks(clock, 10, { now: true })) {
      seen.push({ now: clock.now(), time, missed });
      if (time === 20) break;
    }
  })();
  await clock.advanceAsync(50);
  await consumer;
  expect(seen).toEqual([
    { now: 0, time: 0, missed: 0 },
    { now: 10, time: 10, missed: 0 },
    { now: 20, time: 20, missed: 0 },
  ]);
  expect([clock.waiting, getEventListeners(clock.signal, 'abort')]).toEqual([[], []]);
});

test('C44: a slow consumer gets the last slot at once, and how many it missed', async () => {
  const clock = new HandClock();
  const seen: unknown[] = [];
  void (async () => {
    for await (const { time, missed } of ticks(clock, 10)) {
      seen.push({ now: clock.now(), time, missed });
      await sleep(clock, 35);
    }
  })();
  await clock.advanceAsync(85);
  expect(seen).toEqual([
    { now: 10, time: 10, missed: 0 },
    { now: 45, time: 40, missed: 2 },
    { now: 80, time: 80, missed: 3 },
  ]);
  const iterator = ticks(clock, 10);
  clock.jump(35);
  expect(await iterator.next()).toEqual({ done: false, value: { time: 115, missed: 2 } });
});

test('C44: each next() that waits gets a slot of its own, in order', async () => {
  const clock = new HandClock();
  const iterator = ticks(clock, 10);
  const asked = [iterator.next(), iterator.next()];
  clock.advance(25);
  expect(await Promise.all(asked)).toEqual([10, 20].map((time) => ({ done: false, value: { time, missed: 0 } })));
});

test('C44: leaving the loop early clears the timer, and the iterator is done for good', async () => {
  const clock = new HandClock();
  const iterator = ticks(clock, 10);
  const waiting = iterator.next();
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect([clock.waiting, getEventListeners(clock.signal, 'abort')]).toEqual([[], []]);
});

test('C30: a consumer that waits gets done when its clock begins to stop or its signal aborts', async () => {
  const clock = new HandClock();
  const controller = new AbortController();
  const waiting = [ticks(clock, 10).next(), ticks(clock, 10, { signal: controller.signal }).next()];
  const busy = ticks(clock, 1);
  clock.advance(5); // a tick is ready that nobody took
  controller.abort();
  clock.stop();
  for (const answer of await Promise.all(waiting)) expect(answer).toEqual({ done: true, value: undefined });
  expect(await busy.next()).toEqual({ done: true, value: undefined });
  for (const signal of [clock.signal, controller.signal]) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(await ticks(clock, 1).next()).toEqual({ done: true, value: undefined });
});

test('C44: ticks throws a RangeError for a negative interval', () => {
  expect(() => ticks(new HandClock(), -5)).toThrow('got -5.');
});
