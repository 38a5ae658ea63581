import { expect, test } from '@jest/globals';
import { Slice } from '../../src/slice.ts';
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
  expect(lists.heap.lists).toHaveLength(1);
  const list = lists.heap.lists[0]!;
  expect([list.first(), list.first().next, list.first().next!.next]).toEqual([second, third, list.head]);
});

test('C40: durations that never come again make no lists to look through', () => {
  const lists = new DurationLists(queue);
  for (let i = 0; i < 10_000; i++) lists.add(callIn(i / 7), i / 7);
  expect(lists.heap.lists).toHaveLength(0);
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
  expect(lists.heap.lists.map(({ duration }) => duration)).toEqual([other]);
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

test('C40: a list that is given to a shorter duration is first where its calls are', () => {
  const [one, other] = twoOfOneSlot();
  const [short, long] = [Math.min(one, other), Math.max(one, other)];
  const turned = new TimerQueue(
    () => 0,
    () => {},
  );
  const ran: string[] = [];
  const add = (ms: number, name: string): ScheduledCall => turned.add(ms, () => ran.push(name));
  // In the order of their sightings: the list of `long` is emptied, and taken by `short`; another list is due between them.
  add(long, 'long').cancel();
  add(long, 'long').cancel();
  const between = (short + long) / 2;
  add(between, 'between').cancel();
  add(between, 'between');
  add(short, 'short').cancel();
  add(short, 'short');
  runAll(turned);
  expect(ran).toEqual(['short', 'between']);
});

test('C40: hundreds of durations have lists of their own, and all calls run in order', () => {
  const lists = new DurationLists(queue);
  for (let i = 0; i < 30_000; i++) lists.add(callIn(1 + ((i * 7919) % 300)), 1 + ((i * 7919) % 300));
  expect(lists.heap.lists.length).toBeGreaterThan(100);

  let now = 0;
  const turned = new TimerQueue(
    () => now,
    () => {},
  );
  const calls: ScheduledCall[] = [];
  const expected: { readonly time: number; readonly order: number; readonly name: number }[] = [];
  const ran: number[] = [];
  for (let i = 0; i < 12_000; i++) {
    now += 0.01;
    const ms = 500 + ((i * 7919) % 300);
    const { order } = turned;
    calls.push(turned.add(ms, () => ran.push(i)));
    const victim = calls[(i * 31) % calls.length]!;
    if (i % 3 === 0 && victim.active) victim.cancel();
    expected.push({ time: now + ms, order, name: i });
  }
  const left = expected.filter(({ name }) => calls[name]!.active);
  left.sort((a, b) => a.time - b.time || a.order - b.order);
  now += 2_000;
  runAll(turned, now);
  expect(ran).toEqual(left.map(({ name }) => name));
});

/** Runs all that is due at `now`. */
function runAll(turned: TimerQueue, now = 1e9): void {
  const slice = new Slice(() => now, Infinity, Infinity);
  slice.begin(now);
  turned.runDue(now, slice, (fn) => fn());
}
