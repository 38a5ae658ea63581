import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { TimerQueue, type ScheduledCall } from '../../src/timed/timer-queue.ts';
import { HandClock } from '../hand-clock.ts';
import { settled } from '../hand-turned-reactor.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void; // what that flag puts there

/** Bytes in use after a garbage collection, with the array buffers of the deadline heap. */
async function bytesInUse(): Promise<number> {
  await settled();
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const MB = 2 ** 20;

test('C43: ten million calls scheduled and cancelled leave less than a megabyte', async () => {
  const queue = new TimerQueue(
    () => 0,
    () => {},
  );
  const fill = (pairs: number): void => {
    for (let i = 0; i < pairs; i++) queue.add(i % 3 === 0 ? (i % 1_000) + 0.5 : 30_000, () => i).cancel();
  };
  fill(100_000);
  const before = await bytesInUse();
  fill(10_000_000);
  expect((await bytesInUse()) - before).toBeLessThan(MB);
  expect(queue.size).toBe(0);
}, 60_000);

test('C43: 150 000 calls waiting at once leave less than a megabyte when they are cancelled', async () => {
  const queue = new TimerQueue(
    () => 0,
    () => {},
  );
  const before = await bytesInUse();
  let calls: ScheduledCall[] = [];
  for (let i = 0; i < 150_000; i++) calls.push(queue.add(i % 3 === 0 ? 30_000 : i + 0.5, () => i));
  expect((await bytesInUse()) - before).toBeGreaterThan(5 * MB);
  for (const call of calls) call.cancel();
  calls = [];
  expect((await bytesInUse()) - before).toBeLessThan(MB);
  expect(queue.nextDeadline()).toBe(Infinity);
}, 60_000);

test('C41: the function of a call that was cancelled or has run is released, though the handle is kept', async () => {
  const clock = new HandClock();
  const schedule = (ms: number): [ScheduledCall, WeakRef<() => void>] => {
    const load = new Array<number>(10).fill(ms);
    const fn = (): void => {
      load.pop();
    };
    return [clock.callLater(ms, fn), new WeakRef(fn)];
  };
  const [kept, wanted] = schedule(30);
  const [cancelled, first] = schedule(30);
  const [called, second] = schedule(1);
  cancelled.cancel();
  clock.jump(1);
  await bytesInUse();
  expect([first.deref(), second.deref()]).toEqual([undefined, undefined]);
  expect(wanted.deref()).toBeInstanceOf(Function);
  expect([kept.active, cancelled.active, called.active]).toEqual([true, false, false]);
});

test('C41: a cancelled handle that is kept does not hold its former neighbours', async () => {
  const clock = new HandClock();
  clock.callLater(30, () => {});
  const before = new WeakRef(clock.callLater(30, () => {}));
  const kept = clock.callLater(30, () => {});
  kept.cancel();
  before.deref()?.cancel();
  await bytesInUse();
  expect([kept.active, before.deref()]).toEqual([false, undefined]);
});
