// The tests run in virtual time: no test waits in real time.
import { sleep } from '@triphase/core';
import { expect, test } from '@jest/globals';
import { ManualReactor } from '@triphase/testing';
import { batch } from '../src/batch.ts';

test('C55: a batch is sent one second after its first item', async () => {
  const clock = new ManualReactor();
  const sent: (readonly string[])[] = [];
  const add = batch<string>(async (items) => sent.push(items), { clock });
  await clock.start();
  add('a');
  await clock.advanceAsync(999);
  add('b');
  expect(sent).toEqual([]);
  await clock.advanceAsync(1);
  expect(sent).toEqual([['a', 'b']]);

  add('c');
  await clock.advanceAsync(1_000);
  expect(sent).toEqual([['a', 'b'], ['c']]);
  await clock.finish();
});

test('C55: a full batch is sent at once, and its timer is cancelled', async () => {
  const clock = new ManualReactor();
  const sent: (readonly string[])[] = [];
  const add = batch<string>(async (items) => sent.push(items), { clock, size: 2 });
  await clock.start();
  add('a');
  add('b');
  expect(sent).toEqual([['a', 'b']]);

  await clock.advanceAsync(500);
  add('c');
  await clock.advanceAsync(500); // when the first timer was due
  expect(sent).toHaveLength(1);
  await clock.advanceAsync(500);
  expect(sent).toEqual([['a', 'b'], ['c']]);
  await clock.finish();
});

test('C57: a stop sends the pending items and waits until they are sent', async () => {
  const clock = new ManualReactor();
  const sent: (readonly string[])[] = [];
  const add = batch<string>(
    async (items) => {
      await sleep(clock, 2_000);
      sent.push(items);
    },
    { clock },
  );
  await clock.start();
  add('a');
  const result = await clock.finish();
  expect(sent).toEqual([['a']]);
  expect(clock.now()).toBe(2_000);
  result.throwIfFailed();
});

test('C57: an item that is added during the stop is sent at once', async () => {
  const clock = new ManualReactor();
  const sent: (readonly string[])[] = [];
  const add = batch<string>(async (items) => sent.push(items), { clock });
  clock.on('shutdown', () => add('late'));
  await clock.start();
  await clock.finish();
  expect(sent).toEqual([['late']]);
});

test('C57: the stop fails when a batch cannot be sent', async () => {
  const clock = new ManualReactor({ onError: () => undefined });
  const add = batch<string>(() => Promise.reject(new Error('no route')), { clock });
  await clock.start();
  add('a');
  const result = await clock.finish();
  expect(result.errors.map(({ cause }) => String(cause))).toEqual(['Error: no route']);
});
