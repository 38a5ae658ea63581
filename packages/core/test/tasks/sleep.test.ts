import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { sleep } from '../../src/tasks/sleep.ts';
import { HandClock } from '../hand-clock.ts';
import { settled } from '../hand-turned-reactor.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test('C44: sleep resolves when its time has come, and not before', async () => {
  const clock = new HandClock();
  let awake = false;
  const sleeping = sleep(clock, 12.5).then(() => {
    awake = true;
  });
  expect(clock.waiting).toEqual(['sleep']);
  await clock.advanceAsync(12.4);
  expect(awake).toBe(false);
  clock.advance(0.2);
  await sleeping;
  expect(awake).toBe(true);
});

test('C44: sleep rejects with whatever its signal aborts with, and leaves no call and no listener', async () => {
  const clock = new HandClock();
  const controller = new AbortController();
  const slept = sleep(clock, 1, { signal: controller.signal });
  const aborted = sleep(clock, 50, { signal: controller.signal });
  clock.advance(1);
  await slept;
  expect(listeners(controller.signal)).toBe(1);
  controller.abort('enough');
  await expect(aborted).rejects.toBe('enough');
  expect([listeners(controller.signal), clock.timers.size]).toEqual([0, 0]);
});

test('C44: with a signal that is aborted already sleep rejects at once', async () => {
  const clock = new HandClock();
  const signal = AbortSignal.abort('early');
  await expect(sleep(clock, 5, { signal })).rejects.toBe('early');
  expect([listeners(signal), clock.timers.size]).toEqual([0, 0]);
});

test('C30: sleep rejects with ReactorStoppedError when the run ends first, and leaves no listener', async () => {
  const clock = new HandClock();
  const { signal } = new AbortController();
  const sleeping = sleep(clock, 5, { signal });
  const error = clock.end();
  await expect(sleeping).rejects.toBe(error);
  expect(listeners(signal)).toBe(0);
});

test('C30: sleep on a clock that has stopped rejects at once', async () => {
  const stopped = new HandClock();
  stopped.callLater = (ms, fn, options) => {
    const call = stopped.timers.add(ms, fn, options);
    stopped.end();
    return call;
  };
  const { signal } = new AbortController();
  await expect(sleep(stopped, 5, { signal })).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
  expect(listeners(signal)).toBe(0);
});

test('C44: sleep rejects a time that is negative or NaN with RangeError, and leaves no listener', async () => {
  const clock = new HandClock();
  const { signal } = new AbortController();
  await expect(sleep(clock, -1, { signal })).rejects.toThrow(RangeError);
  await expect(sleep(clock, NaN)).rejects.toThrow(RangeError);
  await settled();
  expect(listeners(signal)).toBe(0);
});
