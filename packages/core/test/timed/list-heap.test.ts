import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DurationList, createRing } from '../../src/timed/duration-lists.ts';
import { ListHeap } from '../../src/timed/list-heap.ts';
import { TimerQueue } from '../../src/timed/timer-queue.ts';

const head = createRing(
  new TimerQueue(
    () => 0,
    () => {},
  ),
);

interface Key {
  time: number;
  readonly order: number;
}

const step = fc.record({
  kind: fc.constantFrom('add', 'add', 'remove', 'confirm', 'confirm'),
  target: fc.nat(),
  time: fc.nat({ max: 50 }),
});

test('C40: the list at the top has the least key, and the bound is the next one, after any adding, removing and confirming', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
      const heap = new ListHeap();
      const keys: Map<DurationList, Key> = new Map();
      steps.forEach(({ kind, target, time }, order) => {
        const known = [...keys.keys()];
        const picked = known[target % known.length];
        if (kind === 'add' || picked === undefined) {
          const list = new DurationList(order, head);
          keys.set(list, { time, order });
          heap.add(list, time, order);
        } else if (kind === 'remove') {
          keys.delete(picked);
          heap.remove(picked);
          expect(picked.place).toBe(-1);
        } else {
          const top = heap.lists[0]!;
          const key = keys.get(top)!;
          expect(heap.confirmTop(top, key.time, key.order)).toBe(true);
          key.time += time;
          expect(heap.confirmTop(top, key.time, key.order)).toBe(time === 0);
        }
        const inOrder = [...keys].sort(([, a], [, b]) => a.time - b.time || a.order - b.order);
        expect(heap.lists[0]).toBe(inOrder[0]?.[0]);
        expect(heap.lists.map(({ place }) => place)).toEqual([...heap.lists.keys()]);
        const bounds: Key[] = [];
        heap.boundOthers((boundTime, boundOrder) => bounds.push({ time: boundTime, order: boundOrder }));
        bounds.sort((a, b) => a.time - b.time || a.order - b.order);
        expect(bounds[0]).toEqual(inOrder[1]?.[1]);
      });
    }),
    { numRuns: 300 },
  );
});
