import { getEventListeners } from 'node:events';
import { expect, it } from '@jest/globals';
import { TimeoutError } from '../../src/ground/errors.ts';
import { withTimeout } from '../../src/tasks/with-timeout.ts';
import { HandClock } from '../hand-clock.ts';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';
import { never } from '../never.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

it('C69: settles as the work does, and leaves no timer and no listener', async () => {
  const clock = new HandClock();
  const { signal } = new AbortController();
  expect(await withTimeout(clock, 10, Promise.resolve('value'), { signal })).toBe('value');
  expect(await withTimeout(clock, 10, () => 'at once', { signal })).toBe('at once');
  await expect(withTimeout(clock, 10, Promise.reject(new Error('no')), { signal })).rejects.toThrow('no');
  await expect(
    withTimeout(clock, 10, () => {
      throw new Error('thrown');
    }),
  ).rejects.toThrow('thrown');
  expect([clock.timers.size, listeners(signal)]).toEqual([0, 0]);
});

it('C69: rejects with TimeoutError at the limit, not before, and aborts the signal of the function', async () => {
  const clock = new HandClock();
  const told: unknown[] = [];
  const limited = withTimeout(clock, 10, (signal) => {
    signal.addEventListener('abort', () => {
      told.push(signal.reason);
    });
    return never();
  });
  const outcome: unknown[] = [];
  limited.catch((error: unknown) => outcome.push(error));
  await clock.advanceAsync(9.9);
  expect([outcome, told]).toEqual([[], []]);
  await clock.advanceAsync(0.1);
  expect(outcome[0]).toBeInstanceOf(TimeoutError);
  expect(outcome[0]).toMatchObject({ code: 'ERR_TRIPHASE_TIMEOUT', ms: 10, message: expect.stringContaining('10 ms') });
  expect(told[0]).toBe(outcome[0]);
  expect(clock.timers.size).toBe(0);
});

it('C69: the outcome of the work after its limit is ignored, also a rejection', async () => {
  const clock = new HandClock();
  let reject = (_: Error): void => undefined;
  const limited = withTimeout(clock, 10, new Promise<never>((_, no) => (reject = no)));
  const error = limited.catch((thrown: unknown) => thrown);
  clock.advance(10);
  expect(await error).toBeInstanceOf(TimeoutError);
  reject(new Error('late')); // jest fails a test that leaves an unhandled rejection
  await settled();
});

it('C69: rejects with the reason of its signal, passes it on, and leaves nothing', async () => {
  const clock = new HandClock();
  const controller = new AbortController();
  const told: unknown[] = [];
  const limited = withTimeout(
    clock,
    10,
    (signal) => {
      signal.addEventListener('abort', () => told.push(signal.reason));
      return never();
    },
    { signal: controller.signal },
  );
  controller.abort('enough');
  await expect(limited).rejects.toBe('enough');
  expect([told[0], clock.timers.size, listeners(controller.signal)]).toEqual(['enough', 0, 0]);
});

it('C69: with a signal that is aborted already the function is not called, and a rejection of the work is ignored', async () => {
  const clock = new HandClock();
  const signal = AbortSignal.abort('early');
  let calls = 0;
  await expect(withTimeout(clock, 10, () => ++calls, { signal })).rejects.toBe('early');
  await expect(withTimeout(clock, 10, Promise.reject(new Error('unheard')), { signal })).rejects.toBe('early');
  expect([calls, clock.timers.size]).toEqual([0, 0]);
});

it('C30, C69: rejects with ReactorStoppedError when the run ends first, and the signal aborts with it', async () => {
  const reactor = new HandTurnedReactor();
  const ended = reactor.run();
  reactor.pump();
  const told: unknown[] = [];
  const limited = withTimeout(reactor, 10, (signal) => {
    signal.addEventListener('abort', () => told.push(signal.reason));
    return never();
  });
  const error = limited.catch((thrown: unknown) => thrown);
  void reactor.stop();
  reactor.pump();
  await ended;
  expect(await error).toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
  expect(told[0]).toBe(await error);
  let calls = 0;
  await expect(withTimeout(reactor, 10, () => ++calls)).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
  expect(calls).toBe(0);
});

it('C69: Infinity is no limit, and 0 is the next turn', async () => {
  const clock = new HandClock();
  const unlimited = withTimeout(clock, Infinity, new Promise((resolve) => setImmediate(resolve, 'value')));
  clock.advance(1e12);
  expect(await unlimited).toBe('value');
  const none = withTimeout(clock, 0, never()).catch((error: unknown) => error);
  clock.turn();
  expect(await none).toBeInstanceOf(TimeoutError);
});

it('C69: work that aborts its own signal: the promise rejects with that reason, and nothing is left', async () => {
  const clock = new HandClock();
  const controller = new AbortController();
  const limited = withTimeout(
    clock,
    10,
    () => {
      controller.abort('by the work');
      return 'value';
    },
    { signal: controller.signal },
  );
  await expect(limited).rejects.toBe('by the work');
  expect([clock.timers.size, listeners(controller.signal)]).toEqual([0, 0]);
});

it.each<{ readonly what: string; readonly args: unknown[]; readonly message: string }>([
  { what: 'no clock', args: [{}, 10, never()], message: 'withTimeout() needs a clock' },
  { what: 'a limit that is a text', args: [new HandClock(), '10', never()], message: "got the string '10'" },
  { what: 'a negative limit', args: [new HandClock(), -1, never()], message: 'got -1' },
  { what: 'work that is a number', args: [new HandClock(), 10, 5], message: 'withTimeout() got 5 for its work' },
  { what: 'work that is null', args: [new HandClock(), 10, null], message: 'withTimeout() got null' },
  {
    what: 'a signal that is none',
    args: [new HandClock(), 10, never(), { signal: {} }],
    message: 'The signal is an object',
  },
])('C69: $what rejects, and leaves no timer', async ({ args, message }) => {
  const call = withTimeout as (...args: unknown[]) => Promise<unknown>; // as: callers without types
  await expect(call(...args)).rejects.toThrow(message);
  const [clock] = args;
  if (clock instanceof HandClock) expect(clock.timers.size).toBe(0);
});
