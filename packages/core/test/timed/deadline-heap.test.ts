import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DeadlineHeap } from '../../src/timed/deadline-heap.ts';
import { ScheduledCall } from '../../src/timed/delayed-call.ts';
import { TimerQueue } from '../../src/timed/timer-queue.ts';

const queue = new TimerQueue(
  () => 0,
  () => {},
);
const none = new ScheduledCall(queue, Infinity, 0, '');
const callAt = (time: number, order: number): ScheduledCall => new ScheduledCall(queue, time, order, '');

function drain(heap: DeadlineHeap): [number, number][] {
  const keys: [number, number][] = [];
  for (let call = heap.first(); call !== none; call = heap.first()) {
    keys.push([call.time, call.order]);
    heap.remove(0);
  }
  return keys;
}

const byKey = (a: readonly number[], b: readonly number[]): number => a[0]! - b[0]! || a[1]! - b[1]!;

test('C40: a heap gives calls back by deadline, then order, whatever was removed or moved in between', () => {
  const step = fc.tuple(fc.constantFrom('add', 'add', 'add', 'remove', 'move'), fc.nat({ max: 9 }), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const heap = new DeadlineHeap(none);
      const calls: ScheduledCall[] = [];
      steps.forEach(([what, time, pick], order) => {
        const call = calls[pick % (calls.length || 1)];
        if (what === 'add' || call === undefined) {
          const added = callAt(time, order);
          calls.push(added);
          heap.add(added);
        } else if (what === 'remove') {
          calls.splice(calls.indexOf(call), 1);
          heap.remove(call.place as number); // as: in a heap it is an index
        } else {
          call.time = time;
          call.order = order;
          heap.update(call);
        }
      });
      heap.calls.forEach((call, index) => {
        expect(call.place).toBe(index);
      });
      expect(drain(heap)).toEqual(calls.map(({ time, order }) => [time, order]).sort(byKey));
    }),
    { numRuns: 200 },
  );
});

test('C43: a heap that has grown and shrunk again has kept its order', () => {
  const heap = new DeadlineHeap(none);
  for (let order = 0; order < 100_000; order++) heap.add(callAt(order % 997, order));
  while (heap.calls.length > 10) heap.remove(heap.calls.length >> 1);
  expect(heap.calls).toHaveLength(10);
  const keys = drain(heap);
  expect(keys).toEqual([...keys].sort(byKey));
});
