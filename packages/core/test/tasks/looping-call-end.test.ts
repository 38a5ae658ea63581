import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { LoopingCallStateError } from '../../src/ground/errors.ts';
import { every } from '../../src/tasks/looping-call.ts';
import { HandClock } from '../hand-clock.ts';
import { settled } from '../hand-turned-reactor.ts';
import { deferred } from './loop-runs.ts';

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = (): void => {
    done = true;
  };
  promise.then(mark, mark);
  await settled();
  return done;
}

test('C44: stop ends the loop at once, from inside its run too; a second stop or a reset is a LoopingCallStateError', async () => {
  const clock = new HandClock();
  let runs = 0;
  const inside = every(clock, 10, () => {
    runs++;
    inside.stop();
  });
  const outside = every(clock, 10, () => runs++);
  outside.stop();
  expect([outside.active, clock.timers.size]).toEqual([false, 1]);
  clock.advance(50);
  expect([runs, inside.active, clock.timers.size]).toEqual([1, false, 0]);
  for (const loop of [inside, outside]) {
    await loop.whenDone();
    expect(() => {
      loop.stop();
    }).toThrow(LoopingCallStateError);
    expect(() => {
      loop.reset();
    }).toThrow(LoopingCallStateError);
    loop[Symbol.dispose]();
  }
});

test('C44: a loop stopped before its first run never runs', () => {
  const clock = new HandClock();
  let runs = 0;
  every(clock, 0, () => runs++).stop();
  every(clock, 5, () => runs++, { now: true })[Symbol.dispose]();
  clock.advance(10);
  clock.turn();
  expect(runs).toBe(0);
});

test('C44: whenDone() waits for the run that was pending at the stop', async () => {
  const clock = new HandClock();
  const work = deferred();
  const loop = every(clock, 10, () => work.promise);
  clock.advance(10);
  loop.stop();
  expect([loop.active, await isSettled(loop.whenDone())]).toEqual([false, false]);
  work.resolve();
  await loop.whenDone();
  await clock.advanceAsync(50);
  expect(clock.timers.size).toBe(0);
});

test.each(['clock', 'signal', 'stop'] as const)(
  'C30: a loop ends when its clock begins to stop, and when its signal aborts, and leaves no listener (%s)',
  async (end) => {
    const clock = new HandClock();
    const controller = new AbortController();
    let runs = 0;
    const loop = every(clock, 10, () => runs++, { signal: controller.signal });
    clock.advance(10);
    if (end === 'clock') clock.stop();
    else if (end === 'signal') controller.abort();
    else loop.stop();
    expect([loop.active, clock.timers.size]).toEqual([false, 0]);
    for (const signal of [clock.signal, controller.signal]) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    clock.advance(50);
    await loop.whenDone();
    expect(runs).toBe(1);
  },
);

test('C30: a loop on a clock that stops already, or with an aborted signal, has ended and never runs', async () => {
  const stopping = new HandClock();
  stopping.stop();
  const clock = new HandClock();
  const loops = [
    every(stopping, 10, () => {}, { now: true }),
    every(clock, 0, () => {}, { signal: AbortSignal.abort() }),
  ];
  for (const loop of loops) {
    expect(loop.active).toBe(false);
    await loop.whenDone();
  }
  expect([...stopping.waiting, ...clock.waiting]).toEqual([]);
  expect(getEventListeners(clock.signal, 'abort')).toHaveLength(0);
});
