import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { every } from '../../src/tasks/looping-call.ts';
import { HandClock } from '../hand-clock.ts';
import { type Run, recorder } from './loop-runs.ts';

/** The greatest double that is less than a positive one. */
function doubleBelow(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = bits[0]! - 1n;
  return new Float64Array(bits.buffer)[0]!;
}

test('C44: no slot of a fractional grid is lost, doubled, early or adrift', () => {
  const interval = fc.oneof(
    fc.constantFrom(0.1, 1 / 3, 0.7, 16.7, 1000 / 60),
    fc.double({ min: 0.05, max: 40, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), interval, (start, ms) => {
      const clock = new HandClock(start);
      const { runs, record } = recorder(clock);
      const loop = every(clock, ms, record);
      for (let i = 0; i < 200; i++) {
        clock.pass(clock.timers.nextDeadline() - clock.now());
        clock.turn();
      }
      loop.stop();
      expect(runs.map(({ time, missed }) => [time, missed])).toEqual(
        runs.map((_, index) => [start + (index + 1) * ms, 0]),
      );
      expect(runs).toHaveLength(200);
      // The clock's own rounding.
      expect(Math.max(...runs.map(({ now, time }) => Math.abs(now - time)))).toBeLessThan(1e-8);
    }),
    { numRuns: 100 },
  );
});

test('C44: slots that ran and slots that were missed are all the slots there were, however late the turns come', () => {
  const late = fc.array(fc.double({ min: 0, max: 35, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(late, (steps) => {
      const clock = new HandClock();
      const { runs, record } = recorder(clock);
      every(clock, 10, record);
      for (const ms of steps) clock.jump(ms);
      let slots = 0;
      for (const { now, time, missed } of runs) {
        slots += missed + 1;
        expect(time).toBe(slots * 10);
        expect(now - time).toBeGreaterThanOrEqual(0);
        expect(now - time).toBeLessThan(10);
      }
      expect(Math.floor(clock.now() / 10)).toBe(slots);
    }),
  );
});

test('C44: a turn exactly at a slot runs that slot; a turn just before it runs the previous slot', () => {
  const interval = fc.oneof(
    fc.constantFrom(0.1, 1 / 3, 0.7, 1000 / 60),
    fc.double({ min: 0.05, max: 40, noNaN: true }),
  );
  const gaps = fc.array(fc.integer({ min: 2, max: 50 }), { minLength: 5, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      interval,
      gaps,
      fc.boolean(),
      (start, ms, steps, before) => {
        const clock = new HandClock(start);
        const { runs, record } = recorder(clock);
        every(clock, ms, record);
        const expected: Run[] = [];
        let slot = 0;
        for (const step of steps) {
          const ran = before ? slot + step - 1 : slot + step;
          const time = start + (slot + step) * ms;
          clock.moveTo(before ? doubleBelow(time) : time);
          clock.turn();
          expected.push({ now: clock.now(), time: start + ran * ms, missed: ran - slot - 1 });
          slot = ran;
        }
        expect(runs).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});
