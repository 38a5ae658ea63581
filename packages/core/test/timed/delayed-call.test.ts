import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { AlreadyCalledError, AlreadyCancelledError } from '../../src/ground/errors.ts';
import type { ScheduledCall } from '../../src/timed/timer-queue.ts';
import { HandClock } from '../hand-clock.ts';

const save = (): void => {};

test('C42: the text of a call shows in every state its name and when it is due', () => {
  const clock = new HandClock(100);
  const call = clock.callLater(12.5, save);
  const never = clock.callLater(Infinity, () => {});
  const named = clock.callLater(20, () => {}, { name: 'flush' });
  expect(String(call)).toBe('DelayedCall save: due in 12.5 ms');
  expect(String(never)).toBe('DelayedCall: never due');
  expect([call.active, call.time, call.name, never.name]).toEqual([true, 112.5, 'save', 'anonymous']);
  clock.pass(15);
  expect(String(call)).toBe('DelayedCall save: due 2.5 ms ago');
  clock.turn();
  expect([String(call), call.active]).toEqual(['DelayedCall: called', false]);
  named.cancel();
  expect([String(named), named.active, named.name]).toEqual(['DelayedCall flush: cancelled', false, 'flush']);
});

test.each<{ readonly name: string; readonly change: (call: ScheduledCall) => void }>([
  { name: 'cancel()', change: (call) => call.cancel() },
  { name: 'reset()', change: (call) => call.reset(1) },
  { name: 'delay()', change: (call) => call.delay(1) },
])('C41: $name of a call that is over throws, and the error says how it ended', ({ change }) => {
  const clock = new HandClock();
  const [called, cancelled] = [clock.callLater(1, save), clock.callLater(1, save)];
  cancelled.cancel();
  clock.jump(1);
  expect(() => {
    change(called);
  }).toThrow(AlreadyCalledError);
  expect(() => {
    change(cancelled);
  }).toThrow(AlreadyCancelledError);
  called[Symbol.dispose]();
  cancelled[Symbol.dispose]();
});

test('C41: disposing a call that waits cancels it', () => {
  const clock = new HandClock();
  let runs = 0;
  const call = clock.callLater(1, () => runs++);
  call[Symbol.dispose]();
  clock.jump(5);
  expect([runs, call.active, clock.timers.size]).toEqual([0, false, 0]);
});

test('C41: inside its own function a call counts as called, and still has its name', () => {
  const clock = new HandClock();
  const seen: unknown[] = [];
  const call = clock.callLater(1, function save() {
    seen.push(call.active, call.name);
    call.reset(5);
  });
  clock.jump(1);
  expect(seen).toEqual([false, 'save']);
  expect(clock.errors).toEqual([{ name: 'save', error: expect.any(AlreadyCalledError) }]);
  expect(clock.timers.size).toBe(0);
});

test('C41: reset() and delay() throw a RangeError for a wrong value, and leave the call as it was', () => {
  const clock = new HandClock();
  const call = clock.callLater(7, save);
  expect(() => {
    call.reset(-2);
  }).toThrow(new RangeError('A timed call is due in a number of milliseconds, 0 or more, got -2.'));
  expect(() => {
    call.reset(NaN);
  }).toThrow(/got NaN/);
  expect(() => {
    call.delay(NaN);
  }).toThrow(RangeError);
  expect([call.time, call.active]).toEqual([7, true]);
});

test('C41: a delay into the past is due now, and comes after what is due already', () => {
  const clock = new HandClock();
  const ran: string[] = [];
  const late = clock.callLater(50, () => ran.push('hurried'));
  clock.callLater(10, () => ran.push('due'));
  clock.pass(10);
  late.delay(-1_000);
  expect(late.time).toBe(10);
  clock.turn();
  expect(ran).toEqual(['due', 'hurried']);
});

test('C41: delay(-Infinity) makes a call due that was never due', () => {
  const clock = new HandClock(3);
  const call = clock.callLater(Infinity, save);
  call.delay(-Infinity);
  expect(call.time).toBe(3);
});

test('C39: aborting the signal cancels the call, and however the call ends no listener stays', () => {
  const clock = new HandClock();
  const controller = new AbortController();
  const { signal } = controller;
  let runs = 0;
  const count = (): number => runs++;
  clock.callLater(1, count, { signal });
  clock.callLater(2, count, { signal }).cancel();
  const aborted = clock.callLater(3, count, { signal });
  clock.callLater(4, count, { signal, onDrop: () => {} });
  expect(getEventListeners(signal, 'abort')).toHaveLength(3);
  clock.jump(1);
  expect(getEventListeners(signal, 'abort')).toHaveLength(2);
  clock.end();
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  controller.abort();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  clock.jump(10);
  expect([runs, aborted.active, clock.timers.size]).toEqual([1, false, 0]);
  expect(() => {
    aborted.cancel();
  }).toThrow(AlreadyCancelledError);
});

test('C39: a call with an aborted signal is cancelled from the start', () => {
  const clock = new HandClock();
  const signal = AbortSignal.abort();
  const call = clock.callLater(1, save, { signal });
  expect([call.active, clock.timers.size, String(call)]).toEqual([false, 0, 'DelayedCall save: cancelled']);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('C43: a handle has four fields, whatever its options are', () => {
  const clock = new HandClock();
  for (const call of [clock.callLater(1, save), clock.callLater(1, save, { name: 'x', onDrop: () => {} })]) {
    expect(Object.keys(call)).toHaveLength(4);
  }
});
