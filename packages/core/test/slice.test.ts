import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Slice } from '../src/turn/slice.ts';

/** A slice of 5 ms on a virtual clock, and how often the clock was read. */
function virtual(
  maxStride?: number,
  maxBatch = Infinity,
): { run: (durations: readonly number[]) => number; reads: () => number } {
  let now = 0;
  let reads = 0;
  const slice = new Slice(
    () => {
      reads++;
      return now;
    },
    5,
    maxBatch,
    maxStride,
  );
  return {
    reads: () => reads,
    /** Runs callbacks of these durations in one share, until it is used up; returns how many ran. */
    run(durations) {
      slice.begin(now);
      let ran = 0;
      for (const ms of durations) {
        now += ms;
        ran++;
        if (slice.spent()) break;
      }
      return ran;
    },
  };
}

const quick = (count: number): number[] => new Array<number>(count).fill(0);
const slow = (count: number): number[] => new Array<number>(count).fill(5);

test('C35: callbacks that become slow run over by one for each sixteen quick ones, and by no more than 32', () => {
  expect(virtual().run([...quick(127), ...slow(64)])).toBeLessThanOrEqual(127 + 7);
  expect(virtual().run([...quick(100_000), ...slow(64)])).toBeLessThanOrEqual(100_000 + 32);
  expect(virtual(8).run([...quick(100_000), ...slow(64)])).toBeLessThanOrEqual(100_000 + 8);
  expect(virtual().run(slow(64))).toBe(1);
});

test('C35: after a slow callback each one is checked, in later turns too', () => {
  const { run } = virtual();
  run(quick(10_000));
  expect(run(slow(64))).toBeGreaterThan(1);
  expect(run(slow(64))).toBe(1);
  expect(run([0, 0, 1, 4, 5, 5])).toBe(4);
});

test('C35: the clock is read once for 32 quick callbacks, and no more often in the turns that follow', () => {
  const { run, reads } = virtual(undefined, 1_000);
  for (let turn = 0; turn < 4; turn++) run(quick(1_000));
  const before = reads();
  expect(run(quick(2_000))).toBe(1_000);
  expect(reads() - before).toBe(Math.ceil(1_000 / 32));
});

test('C35: a share never runs over by more than a stride, and never over its batch', () => {
  const durations = fc.array(fc.constantFrom(0, 0, 0, 0, 0.001, 0.1, 1, 5, 20), { maxLength: 400, size: 'max' });
  fc.assert(
    fc.property(
      fc.array(durations, { maxLength: 5 }),
      fc.constantFrom(1, 8, 32),
      fc.constantFrom(10, 1_000),
      (shares, maxStride, maxBatch) => {
        const { run } = virtual(maxStride, maxBatch);
        let before = 0;
        for (const share of shares) {
          const ran = run(share);
          expect(ran).toBeLessThanOrEqual(maxBatch);
          let spentAfter = share.length;
          let time = 0;
          for (const [index, ms] of share.entries())
            if ((time += ms) >= 5) {
              spentAfter = index + 1;
              break;
            }
          const over = ran - spentAfter;
          expect(over).toBeLessThan(Math.max(1, Math.min(maxStride, Math.floor((before + spentAfter) / 16))));
          before += ran;
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('C31: a share that is ended is used up after the callback under way', () => {
  const slice = new Slice(() => 0, Infinity, Infinity);
  slice.begin(0);
  for (let i = 0; i < 1_000; i++) expect(slice.spent()).toBe(false);
  slice.end();
  expect(slice.spent()).toBe(true);
});
