import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LoopingCallStateError } from '../../src/ground/errors.ts';
import { every, type LoopingCall, type Tick } from '../../src/tasks/looping-call.ts';
import { HandClock, settled } from '../hand-clock.ts';

/** The clock's time and what each run was told. */
type Run = [now: number, time: number, missed: number];

function recorder(clock: HandClock): { runs: Run[]; record: (tick: Tick) => void } {
  const runs: Run[] = [];
  return {
    runs,
    record: ({ time, missed }) => {
      runs.push([clock.now(), time, missed]);
    },
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise: Promise<void> = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = (): void => {
    done = true;
  };
  promise.then(mark, mark);
  await settled();
  return done;
}

/** The greatest double that is less than a positive one. */
function doubleBelow(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = bits[0]! - 1n;
  return new Float64Array(bits.buffer)[0]!;
}

test('C44: the first run comes after one interval, the others on the grid', () => {
  const clock = new HandClock(100);
  const { runs, record } = recorder(clock);
  every(clock, 10, record);
  clock.advance(35);
  expect(runs).toEqual([
    [110, 110, 0],
    [120, 120, 0],
    [130, 130, 0],
  ]);
});

test('C44: with `now` the first slot is the start, and its run comes in the next turn', () => {
  const clock = new HandClock(100);
  const { runs, record } = recorder(clock);
  every(clock, 10, record, { now: true });
  expect(runs).toEqual([]);
  clock.advance(10);
  expect(runs).toEqual([
    [100, 100, 0],
    [110, 110, 0],
  ]);
});

test('C44: a late run skips slots, says how many it missed, and the grid stays', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 1, record);
  for (const ms of [1, 2.5, 0.5, 1]) clock.jump(ms);
  expect(runs).toEqual([
    [1, 1, 0],
    [3.5, 3, 1],
    [4, 4, 0],
    [5, 5, 0],
  ]);
});

test('C44: a slow run skips the slots that it ran through', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 10, (tick) => {
    record(tick);
    if (runs.length === 1) clock.pass(25);
  });
  clock.advance(50);
  expect(runs).toEqual([
    [10, 10, 0],
    [40, 40, 2],
    [50, 50, 0],
  ]);
});

test('C44: a run that ends on a slot does not run it again', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 10, (tick) => {
    record(tick);
    if (runs.length === 1) clock.pass(10);
  });
  clock.advance(40);
  expect(runs).toEqual([
    [10, 10, 0],
    [30, 30, 1],
    [40, 40, 0],
  ]);
});

test('C44: a promise holds back the next run, and the next slot after it settles is next', async () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  const work = deferred();
  every(clock, 1, (tick) => {
    record(tick);
    return runs.length === 1 ? work.promise : undefined;
  });
  await clock.advanceAsync(2.3);
  expect(runs).toEqual([[1, 1, 0]]);
  work.resolve();
  await clock.advanceAsync(1.7);
  expect(runs).toEqual([
    [1, 1, 0],
    [3, 3, 1],
    [4, 4, 0],
  ]);
});

test('C44: a thenable of any make holds back the next run', async () => {
  const clock = new HandClock();
  let settle = (): void => {};
  let runs = 0;
  every(clock, 1, () => {
    runs++;
    return {
      then(fulfilled: () => void) {
        settle = fulfilled;
      },
    };
  });
  await clock.advanceAsync(5);
  expect(runs).toBe(1);
  settle();
  settle();
  await clock.advanceAsync(1);
  expect(runs).toBe(2);
});

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
      expect(runs.map(([, time, missed]) => [time, missed])).toEqual(
        runs.map((_, index) => [start + (index + 1) * ms, 0]),
      );
      expect(runs).toHaveLength(200);
      // The clock's own rounding.
      expect(Math.max(...runs.map(([now, time]) => Math.abs(now - time)))).toBeLessThan(1e-8);
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
      for (const [now, time, missed] of runs) {
        slots += missed + 1;
        expect(time).toBe(slots * 10);
        expect(now - time).toBeGreaterThanOrEqual(0);
        expect(now - time).toBeLessThan(10);
      }
      expect(Math.floor(clock.now() / 10)).toBe(slots);
    }),
  );
});

test('C44: a turn on the very moment of a slot runs that slot, one a hair before it the slot before', () => {
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
          expected.push([clock.now(), start + ran * ms, ran - slot - 1]);
          slot = ran;
        }
        expect(runs).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

test('C44: a clock that calls a hair early neither doubles a slot nor loses one', () => {
  const clock = new HandClock(50);
  const { runs, record } = recorder(clock);
  clock.callLater = (ms, fn, options) => clock.timers.add(Math.max(0, ms - 0.5), fn, options);
  every(clock, 10, record);
  clock.advance(40);
  expect(runs).toEqual([
    [59.5, 60, 0],
    [69.5, 70, 0],
    [79.5, 80, 0],
    [89.5, 90, 0],
  ]);
});

test('C44: a clock that moves whenever it is read never makes a delay negative', () => {
  const clock = new HandClock();
  let runs = 0;
  const { now } = clock;
  clock.now = () => {
    clock.pass(0.4);
    return now.call(clock);
  };
  every(clock, 0.5, () => runs++);
  for (let turn = 0; turn < 100; turn++) clock.jump(0.07);
  expect(runs).toBeGreaterThan(10);
  expect(clock.errors).toEqual([]);
});

test('C44: the interval 0 runs once a turn and lets timed calls run between', () => {
  const clock = new HandClock();
  const order: string[] = [];
  const loop = every(clock, 0, ({ missed }) => order.push(`loop ${missed}`));
  clock.callLater(0, () => order.push('timed'));
  clock.turn();
  clock.turn();
  loop.reset();
  clock.turn();
  loop.stop();
  clock.turn();
  expect(order).toEqual(['loop 0', 'timed', 'loop 0', 'loop 0']);
  expect(clock.waiting).toEqual([]);
});

test('C44: an interval that is never over runs only for `now`', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, Infinity, record, { now: true });
  every(clock, Infinity, record);
  clock.advance(1e12);
  expect(runs).toEqual([[0, 0, 0]]);
});

test('C44: what a run throws is reported under the name of the loop, and the next slot comes', () => {
  const clock = new HandClock();
  let runs = 0;
  const failing = (): void => {
    runs++;
    throw 'broken';
  };
  every(clock, 10, failing, { name: 'heartbeat' });
  clock.advance(20);
  expect(runs).toBe(2);
  expect(clock.errors).toEqual([
    { name: 'heartbeat', error: 'broken' },
    { name: 'heartbeat', error: 'broken' },
  ]);
  const beat = every(clock, 0, failing);
  clock.turn();
  clock.turn();
  expect(clock.errors.slice(2)).toEqual([
    { name: 'failing', error: 'broken' },
    { name: 'failing', error: 'broken' },
  ]);
  expect(beat.active).toBe(true);
});

test('C44: a run that rejects, or whose `then` fails, is reported under the name of the loop, and the next slot comes', async () => {
  const clock = new HandClock();
  const results = [
    () => Promise.reject('late'),
    () => ({
      then: () => {
        throw 'thrown then';
      },
    }),
    () => ({
      get then(): never {
        throw 'getter';
      },
    }),
  ];
  let runs = 0;
  every(clock, 10, () => results[runs++]?.(), { name: 'heartbeat' });
  await clock.advanceAsync(50);
  expect(runs).toBe(5);
  expect(clock.errors).toEqual(['late', 'thrown then', 'getter'].map((error) => ({ name: 'heartbeat', error })));
});

test("C44: with onError: 'stop' what a run throws or rejects with ends the loop and rejects whenDone()", async () => {
  for (const fail of [
    () => {
      throw 'broken';
    },
    () => Promise.reject('broken'),
  ]) {
    const clock = new HandClock();
    const loop = every(clock, 10, fail, { onError: 'stop' });
    const done = expect(loop.whenDone()).rejects.toBe('broken');
    await clock.advanceAsync(30);
    await done;
    expect([loop.active, clock.errors, clock.timers.size]).toEqual([false, [], 0]);
    await expect(loop.whenDone()).rejects.toBe('broken');
  }
});

test("C44: with onError: 'stop' an error that nobody has asked for is reported, and is no unhandled rejection", async () => {
  const clock = new HandClock();
  const loop = every(
    clock,
    10,
    () => {
      throw 'broken';
    },
    { onError: 'stop', name: 'heartbeat' },
  );
  await clock.advanceAsync(30);
  expect(clock.errors).toEqual([{ name: 'heartbeat', error: 'broken' }]);
  await expect(loop.whenDone()).rejects.toBe('broken');
});

test('C44: stop ends the loop at once, from inside its run too; a second stop or a reset is a LoopingCallStateError', async () => {
  const clock = new HandClock();
  let runs = 0;
  const inside = every(clock, 10, () => {
    runs++;
    inside.stop();
  });
  const outside = every(clock, 10, () => runs++);
  outside.stop();
  expect([outside.active, clock.timers.size]).toEqual([false, 1]);
  clock.advance(50);
  expect([runs, inside.active, clock.timers.size]).toEqual([1, false, 0]);
  for (const loop of [inside, outside]) {
    await loop.whenDone();
    expect(() => {
      loop.stop();
    }).toThrow(LoopingCallStateError);
    expect(() => {
      loop.reset();
    }).toThrow(LoopingCallStateError);
    loop[Symbol.dispose]();
  }
});

test('C44: a loop stopped before its first run never runs', () => {
  const clock = new HandClock();
  let runs = 0;
  every(clock, 0, () => runs++).stop();
  every(clock, 5, () => runs++, { now: true })[Symbol.dispose]();
  clock.advance(10);
  clock.turn();
  expect(runs).toBe(0);
});

test('C44: whenDone() waits for the run that was pending at the stop', async () => {
  const clock = new HandClock();
  const work = deferred();
  const loop = every(clock, 10, () => work.promise);
  clock.advance(10);
  loop.stop();
  expect([loop.active, await isSettled(loop.whenDone())]).toEqual([false, false]);
  work.resolve();
  await loop.whenDone();
  await clock.advanceAsync(50);
  expect(clock.timers.size).toBe(0);
});

test('C44: a run that rejects after the stop is reported, or with onError: stop rejects whenDone()', async () => {
  const clock = new HandClock();
  const work = deferred();
  const loops = (['continue', 'stop'] as const).map((onError) =>
    every(clock, 10, () => work.promise, { onError, name: onError }),
  );
  clock.advance(10);
  for (const loop of loops) loop.stop();
  const stopped = expect(loops[1]!.whenDone()).rejects.toBe('late');
  work.reject('late');
  await loops[0]!.whenDone();
  await stopped;
  clock.advance(10);
  expect(clock.errors).toEqual([{ name: 'continue', error: 'late' }]);
});

test('C44: reset moves the grid to now', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  const loop = every(clock, 10, record);
  clock.advance(17);
  loop.reset();
  clock.advance(25);
  expect(runs).toEqual([
    [10, 10, 0],
    [27, 27, 0],
    [37, 37, 0],
  ]);
});

test('C44: reset before the run of `now` skips that run', () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  every(clock, 10, record, { now: true }).reset();
  clock.advance(10);
  expect(runs).toEqual([[10, 10, 0]]);
});

test('C44: reset from inside a run, or while its promise pends, counts from then', async () => {
  const clock = new HandClock();
  const { runs, record } = recorder(clock);
  const work = deferred();
  const loop: LoopingCall = every(clock, 10, (tick) => {
    record(tick);
    if (runs.length === 1) {
      clock.pass(3);
      loop.reset();
    }
    return runs.length === 2 ? work.promise : undefined;
  });
  await clock.advanceAsync(25); // runs at 10 and 23
  loop.reset(); // at 25
  await clock.advanceAsync(2);
  work.resolve();
  await clock.advanceAsync(20);
  expect(runs).toEqual([
    [10, 10, 0],
    [23, 23, 0],
    [35, 35, 0],
    [45, 45, 0],
  ]);
});

test.each(['clock', 'signal', 'stop'] as const)(
  'C30: a loop ends when its clock begins to stop, and when its signal aborts, and leaves no listener (%s)',
  async (end) => {
    const clock = new HandClock();
    const controller = new AbortController();
    let runs = 0;
    const loop = every(clock, 10, () => runs++, { signal: controller.signal });
    clock.advance(10);
    if (end === 'clock') clock.stop();
    else if (end === 'signal') controller.abort();
    else loop.stop();
    expect([loop.active, clock.timers.size]).toEqual([false, 0]);
    for (const signal of [clock.signal, controller.signal]) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    clock.advance(50);
    await loop.whenDone();
    expect(runs).toBe(1);
  },
);

test('C30: a loop on a clock that stops already, or with an aborted signal, has ended and never runs', async () => {
  const stopping = new HandClock();
  stopping.stop();
  const clock = new HandClock();
  const loops = [
    every(stopping, 10, () => {}, { now: true }),
    every(clock, 0, () => {}, { signal: AbortSignal.abort() }),
  ];
  for (const loop of loops) {
    expect(loop.active).toBe(false);
    await loop.whenDone();
  }
  expect([...stopping.waiting, ...clock.waiting]).toEqual([]);
  expect(getEventListeners(clock.signal, 'abort')).toHaveLength(0);
});

test('C44: an interval that cannot be is a RangeError, no function a TypeError, and nothing is left', () => {
  const clock = new HandClock();
  for (const ms of [-1, NaN]) expect(() => every(clock, ms, () => {})).toThrow(`got ${ms}.`);
  expect(() => every(clock, 1, 'code' as never)).toThrow(TypeError);
  expect([clock.waiting, getEventListeners(clock.signal, 'abort')]).toEqual([[], []]);
});

test('C47: the call that waits has the name of the loop', () => {
  const clock = new HandClock();
  every(clock, 10, function beat() {});
  every(clock, 20, () => {});
  every(clock, 0, () => {}, { name: 'frames' });
  expect(clock.waiting).toEqual(['frames', 'beat', 'every']);
});
