import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { every } from '../../src/tasks/looping-call.ts';
import { HandClock } from '../hand-clock.ts';
import { deferred } from './loop-runs.ts';

test('C44: an error of a run is reported under the name of the loop, and the next slot comes', () => {
  const clock = new HandClock();
  let runs = 0;
  const failing = (): void => {
    runs++;
    throw 'broken';
  };
  every(clock, 10, failing, { name: 'heartbeat' });
  clock.advance(20);
  expect(runs).toBe(2);
  expect(clock.errors).toEqual([
    { name: 'heartbeat', error: 'broken' },
    { name: 'heartbeat', error: 'broken' },
  ]);
  const beat = every(clock, 0, failing);
  clock.turn();
  clock.turn();
  expect(clock.errors.slice(2)).toEqual([
    { name: 'failing', error: 'broken' },
    { name: 'failing', error: 'broken' },
  ]);
  expect(beat.active).toBe(true);
});

test('C44: a run that rejects, or whose `then` fails, is reported under the name of the loop, and the next slot comes', async () => {
  const clock = new HandClock();
  const results = [
    () => Promise.reject('late'),
    () => ({
      then: () => {
        throw 'thrown then';
      },
    }),
    () => ({
      get then(): never {
        throw 'getter';
      },
    }),
  ];
  let runs = 0;
  every(clock, 10, () => results[runs++]?.(), { name: 'heartbeat' });
  await clock.advanceAsync(50);
  expect(runs).toBe(5);
  expect(clock.errors).toEqual(['late', 'thrown then', 'getter'].map((error) => ({ name: 'heartbeat', error })));
});

test.each([
  {
    name: 'throws',
    fail: () => {
      throw 'broken';
    },
  },
  { name: 'rejects', fail: () => Promise.reject('broken') },
])("C44: with onError: 'stop' a run that $name ends the loop and rejects whenDone()", async ({ fail }) => {
  const clock = new HandClock();
  const loop = every(clock, 10, fail, { onError: 'stop' });
  const done = expect(loop.whenDone()).rejects.toBe('broken');
  await clock.advanceAsync(30);
  await done;
  expect([loop.active, clock.errors, clock.timers.size]).toEqual([false, [], 0]);
  await expect(loop.whenDone()).rejects.toBe('broken');
});

test("C44: with onError: 'stop' and no whenDone(), an error is reported, and is no unhandled rejection", async () => {
  const clock = new HandClock();
  const loop = every(
    clock,
    10,
    () => {
      throw 'broken';
    },
    { onError: 'stop', name: 'heartbeat' },
  );
  await clock.advanceAsync(30);
  expect(clock.errors).toEqual([{ name: 'heartbeat', error: 'broken' }]);
  await expect(loop.whenDone()).rejects.toBe('broken');
});

test('C44: a run that rejects after the stop is reported, or with onError: stop rejects whenDone()', async () => {
  const clock = new HandClock();
  const work = deferred();
  const loops = (['continue', 'stop'] as const).map((onError) =>
    every(clock, 10, () => work.promise, { onError, name: onError }),
  );
  clock.advance(10);
  for (const loop of loops) loop.stop();
  const stopped = expect(loops[1]!.whenDone()).rejects.toBe('late');
  work.reject('late');
  await loops[0]!.whenDone();
  await stopped;
  clock.advance(10);
  expect(clock.errors).toEqual([{ name: 'continue', error: 'late' }]);
});

test.each([-1, NaN])('C44: the interval %d is refused with a RangeError, and nothing is left', (ms) => {
  const clock = new HandClock();
  expect(() => every(clock, ms, () => {})).toThrow(RangeError);
  expect(() => every(clock, ms, () => {})).toThrow(`got ${ms}.`);
  expect([clock.waiting, getEventListeners(clock.signal, 'abort')]).toEqual([[], []]);
});

test('C44: a run that is no function is refused with a TypeError, and nothing is left', () => {
  const clock = new HandClock();
  expect(() => every(clock, 1, 'code' as never)).toThrow(TypeError);
  expect([clock.waiting, getEventListeners(clock.signal, 'abort')]).toEqual([[], []]);
});
