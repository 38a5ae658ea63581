import { type Tick, every, sleep, ticks } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { HandClock } from '../hand-clock.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { runThrough } from '../running.ts';
import { rejectionOf } from '../thrown.ts';
import { HOUR, block, delay } from '../time.ts';
import { slotsBetween, ticksOf } from './ticks-of.ts';

/** The runs of `every`: their grid, missed slots and options. C44. */
export function looping(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'every() runs first after one interval', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const before = reactor.now();
      const [first] = await ticksOf(reactor, 6, 1);
      expect((first?.time ?? 0) >= before + 6).toBe(true);
      expect(reactor.now() >= before + 6).toBe(true);
    });
  });

  kit.it('C44', 'every() with { now: true } runs first without an interval', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const before = reactor.now();
      const [first] = await ticksOf(reactor, HOUR, 1, { now: true });
      expect((first?.time ?? 0) >= before && (first?.time ?? 0) <= reactor.now()).toBe(true);
      expect(first?.missed).toBe(0);
    });
  });

  kit.it('C44', 'every() runs on a fixed grid, and missed counts the slots that had no run', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const seen = await ticksOf(reactor, 3, 6);
      seen.slice(1).forEach((tick, index) => {
        expect(slotsBetween(seen[index], tick, 3)).toBe(tick.missed + 1);
      });
    });
  });

  kit.it('C44', 'every() schedules the next run at its slot, however long the last run took', () => {
    const clock = new HandClock(kit.create());
    const missed: number[] = [];
    every(clock, 20, (tick) => {
      missed.push(tick.missed);
      clock.pass(12);
    });
    for (const _ of range(4)) clock.run();
    expect(clock.asked).toEqual([1_020, 1_040, 1_060, 1_080, 1_100]);
    expect(missed).toEqual([0, 0, 0, 0]);
  });

  kit.it('C44', 'a run of every() that takes several intervals skips the slots that it missed', () => {
    const clock = new HandClock(kit.create());
    const seen: Tick[] = [];
    every(clock, 20, (tick) => {
      seen.push(tick);
      clock.pass(50);
    });
    for (const _ of range(2)) clock.run();
    expect(clock.asked).toEqual([1_020, 1_080, 1_140]);
    expect(seen).toEqual([
      { time: 1_020, missed: 0 },
      { time: 1_080, missed: 2 },
    ]);
  });

  kit.it('C44', 'reset() of a loop moves its grid: the next run is one interval from now', () => {
    const clock = new HandClock(kit.create());
    const seen: Tick[] = [];
    const loop = every(clock, 20, (tick) => {
      seen.push(tick);
    });
    clock.pass(12);
    loop.reset();
    for (const _ of range(2)) clock.run();
    expect(clock.asked).toEqual([1_020, 1_032, 1_052, 1_072]);
    expect(seen).toEqual([
      { time: 1_032, missed: 0 },
      { time: 1_052, missed: 0 },
    ]);
  });

  kit.it('C44', 'no run of every() comes before its slot', async () => {
    const reactor = kit.create();
    const early: Tick[] = [];
    await runThrough(reactor, async () => {
      const over = deferred();
      const loop = every(reactor, 1.7, (tick) => {
        if (reactor.now() < tick.time) early.push(tick);
        if (tick.time > start + 15) over.resolve();
      });
      const start = reactor.now();
      await over.promise;
      loop.stop();
    });
    expect(early).toEqual([]);
  });

  kit.it(
    'C44',
    'every() waits for the promise of a run; the next run is on the grid and has the missed slots',
    async () => {
      const reactor = kit.create();
      await runThrough(reactor, async () => {
        const endTimes: number[] = [];
        const [first, second] = await ticksOf(reactor, 4, 2, {
          run: async (index) => {
            if (index > 0) return;
            await sleep(reactor, 18);
            endTimes.push(reactor.now());
          },
        });
        expect(endTimes.length).toBe(1);
        expect((second?.time ?? 0) > (endTimes[0] ?? Infinity)).toBe(true);
        expect((second?.missed ?? 0) >= 4).toBe(true);
        expect(slotsBetween(first, second, 4)).toBe((second?.missed ?? 0) + 1);
      });
    },
  );

  kit.it(
    'C44',
    'a run of every() that blocks skips slots, and the missed runs are not made later',
    async () => {
      const reactor = kit.create();
      await runThrough(reactor, async () => {
        const seen = await ticksOf(reactor, 4, 3, {
          run: (index) => {
            if (index === 0) block(reactor, 18);
          },
        });
        expect((seen[1]?.missed ?? 0) >= 3).toBe(true);
        expect(slotsBetween(seen[0], seen[1], 4)).toBe((seen[1]?.missed ?? 0) + 1);
        expect(slotsBetween(seen[1], seen[2], 4) >= 1).toBe(true);
      });
    },
    { needs: 'movingClock' },
  );

  kit.it('C44', 'reset() of a loop moves its grid to now', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      let hear: (tick: Tick) => void = () => undefined;
      const loop = every(reactor, 10, (tick) => {
        hear(tick);
      });
      await delay(reactor, 5);
      const next = deferred<Tick>();
      const before = reactor.now();
      loop.reset();
      hear = next.resolve;
      const { time } = await next.promise;
      loop.stop();
      expect(time >= before + 10).toBe(true);
    });
  });

  kit.it('C44', 'every() with the interval 0 runs once a turn', () => {
    const reactor = kit.create();
    let runs = 0;
    const loop = every(reactor, 0, () => runs++);
    reactor.iterate();
    reactor.iterate();
    const before = runs;
    for (const _ of range(10)) reactor.iterate();
    expect(runs).toBe(before + 10);
    loop.stop();
    reactor.iterate();
    expect(runs).toBe(before + 10);
  });

  kit.it('C44', 'two loops with the interval 0 alternate, and do not starve timed calls', async () => {
    const reactor = kit.create();
    const runs = { one: 0, other: 0 };
    await runThrough(reactor, async () => {
      const over = deferred();
      const one = every(reactor, 0, () => {
        if (++runs.one === 100) over.resolve();
      });
      const other = every(reactor, 0, () => runs.other++);
      await Promise.all([over.promise, new Promise<void>((resolve) => void reactor.callLater(0, resolve))]);
      one.stop();
      other.stop();
    });
    expect(Math.abs(runs.one - runs.other) <= 1).toBe(true);
  });

  kit.it('C44', 'an interval that is negative or NaN throws a RangeError', () => {
    const reactor = kit.create();
    for (const ms of [-1, NaN]) expect(() => every(reactor, ms, () => undefined)).toThrow(RangeError);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'an interval that is not a number throws a TypeError with the value', async () => {
    const reactor = kit.create();
    const text = '5' as unknown as number; // as: callers without types
    for (const make of [() => every(reactor, text, () => undefined), () => ticks(reactor, text)]) {
      expect(make).toThrow(TypeError);
      expect(make).toThrow("got the string '5'");
    }
    expect(String(await rejectionOf(sleep(reactor, text))).includes("got the string '5'")).toBe(true);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });
}
