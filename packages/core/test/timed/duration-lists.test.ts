import { expect, test } from '@jest/globals';
import { ScheduledCall } from '../../src/timed/delayed-call.ts';
import { DurationLists, unlink } from '../../src/timed/duration-lists.ts';
import { TimerQueue } from '../../src/timed/timer-queue.ts';

const queue = new TimerQueue(
  () => 0,
  () => {},
);
let order = 1;
const callIn = (ms: number): ScheduledCall => new ScheduledCall(queue, ms, order++, '');

/** Two durations that share a slot: lists that never saw the first would have room for the second. */
function twoOfOneSlot(): [number, number] {
  for (let other = 2; ; other++) {
    const lists = new DurationLists(queue);
    lists.add(callIn(1), 1);
    lists.add(callIn(1), 1);
    lists.add(callIn(other), other);
    if (!lists.add(callIn(other), other)) return [1, other];
  }
}

test('C40: a duration gets a list when it is met a second time in a row, and the list keeps the order of adding', () => {
  const lists = new DurationLists(queue);
  const [first, second, third] = [callIn(30), callIn(30), callIn(30)];
  expect([lists.add(first, 30), lists.add(second, 30), lists.add(third, 30)]).toEqual([false, true, true]);
  expect(lists.made).toHaveLength(1);
  const list = lists.made[0]!;
  expect([list.first(), list.first().next, list.first().next!.next]).toEqual([second, third, list.head]);
});

test('C40: durations that never come again make no lists to look through', () => {
  const lists = new DurationLists(queue);
  for (let i = 0; i < 10_000; i++) lists.add(callIn(i / 7), i / 7);
  expect(lists.made).toHaveLength(0);
});

test('C40: a list in use is not given to another duration; an empty one is', () => {
  const [one, other] = twoOfOneSlot();
  const lists = new DurationLists(queue);
  const call = callIn(one);
  lists.add(callIn(one), one);
  expect(lists.add(call, one)).toBe(true);
  expect([lists.add(callIn(other), other), lists.add(callIn(other), other)]).toEqual([false, false]);
  unlink(call);
  expect(lists.add(callIn(other), other)).toBe(true);
  expect(lists.made.map(({ duration }) => duration)).toEqual([other]);
  expect(lists.add(callIn(one), one)).toBe(false);
});

test('C40: a call taken out of the middle leaves its neighbours linked', () => {
  const lists = new DurationLists(queue);
  lists.add(callIn(5), 5);
  const calls = [callIn(5), callIn(5), callIn(5)] as const;
  for (const call of calls) lists.add(call, 5);
  unlink(calls[1]);
  expect(calls[0].next).toBe(calls[2]);
  expect(calls[2].place).toBe(calls[0]);
});
