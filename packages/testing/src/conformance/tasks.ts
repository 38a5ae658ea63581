import { cooperate, every, sleep, ticks } from '@triphase/core';
import type { Clock, CooperativeTask, DelayedCall, LoopingCall, ReactorBase, Tick } from '@triphase/core';
import { CountingSignal, disposeOf } from './journal.ts';
import type { Kit } from './kit.ts';
import {
  codeOf,
  codeThrownBy,
  deferred,
  nextTurn,
  recordErrors,
  rejectionOf,
  runThrough,
  settle,
  start,
} from './steps.ts';
import { block, passed, range } from './time.ts';

const HOUR = 3_600_000;

/** C44, C45, C55: what is built over a clock. */
export function tasks(kit: Kit): void {
  sleeping(kit);
  looping(kit);
  endsOfLoops(kit);
  iteratingTicks(kit);
  cooperating(kit);
  endsOfTasks(kit);
  clocks(kit);
}

function sleeping(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'sleep resolves after its time, never before', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const end = reactor.now() + 7;
      await sleep(reactor, 7);
      expect(reactor.now() >= end).toBe(true);
    });
  });

  kit.it('C44', 'sleep rejects with the reason of its signal, and its call is gone', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const slept = sleep(reactor, HOUR, { signal });
    expect(signal.listeners).toBe(1);
    signal.abort('enough');
    expect(await rejectionOf(slept)).toBe('enough');
    expect(signal.listeners).toBe(0);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'sleep with a signal that is aborted already rejects, and schedules nothing', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    signal.abort('before');
    expect(await rejectionOf(sleep(reactor, HOUR, { signal }))).toBe('before');
    expect(signal.listeners).toBe(0);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'sleep leaves no listener on its signal when it is over', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    await runThrough(reactor, () => sleep(reactor, 1, { signal }));
    expect(signal.listeners).toBe(0);
  });

  kit.it('C44', 'a sleep that the end of the run cuts short rejects with ReactorStoppedError', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    await start(reactor);
    const slept = sleep(reactor, HOUR, { signal });
    void reactor.stop();
    expect(codeOf(await rejectionOf(slept))).toBe('ERR_TRIPHASE_STOPPED');
    expect(signal.listeners).toBe(0);
  });

  kit.it('C44', 'sleep on a reactor that has stopped rejects at once', async () => {
    const reactor = kit.create();
    await runThrough(reactor, () => undefined);
    expect(codeOf(await rejectionOf(sleep(reactor, HOUR)))).toBe('ERR_TRIPHASE_STOPPED');
  });
}

/** Starts a loop and resolves with the ticks of its first `count` runs; `run` may hold a run back. */
async function ticksOf(
  reactor: ReactorBase,
  ms: number,
  count: number,
  { now = false, run }: { readonly now?: boolean; readonly run?: (index: number) => unknown } = {},
): Promise<readonly Tick[]> {
  const seen: Tick[] = [];
  const over = deferred();
  const loop = every(
    reactor,
    ms,
    (tick) => {
      seen.push(tick);
      if (seen.length === count) {
        loop.stop();
        over.resolve();
      }
      return run?.(seen.length - 1);
    },
    { now },
  );
  await over.promise;
  return seen;
}

/** How many slots of the grid lie between two ticks; whole, but for rounding. */
function slotsBetween(from: Tick | undefined, to: Tick | undefined, ms: number): number {
  const slots = ((to?.time ?? NaN) - (from?.time ?? NaN)) / ms;
  return Math.abs(slots - Math.round(slots)) < 1e-6 ? Math.round(slots) : slots;
}

function looping(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'every runs first after one interval', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const before = reactor.now();
      const [first] = await ticksOf(reactor, 6, 1);
      expect((first?.time ?? 0) >= before + 6).toBe(true);
      expect(reactor.now() >= before + 6).toBe(true);
    });
  });

  kit.it('C44', 'every with { now: true } runs first without an interval', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const before = reactor.now();
      const [first] = await ticksOf(reactor, HOUR, 1, { now: true });
      expect((first?.time ?? 0) >= before && (first?.time ?? 0) <= reactor.now()).toBe(true);
      expect(first?.missed).toBe(0);
    });
  });

  kit.it('C44', 'every keeps to a fixed grid, and tells of each slot it missed', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const seen = await ticksOf(reactor, 3, 6);
      seen.slice(1).forEach((tick, index) => {
        expect(slotsBetween(seen[index], tick, 3)).toBe(tick.missed + 1);
      });
    });
  });

  kit.it('C44', 'the next run is asked for at its slot, however long the last one took', () => {
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

  kit.it('C44', 'a run that takes several intervals costs the slots that it missed', () => {
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

  kit.it('C44', 'reset moves the grid: the next run is one interval away, and those after it follow', () => {
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

  kit.it('C44', 'no run comes before its slot', async () => {
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

  kit.it('C44', 'a promise holds back the next run, which comes on the grid and tells what was missed', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const over: number[] = [];
      const [first, second] = await ticksOf(reactor, 4, 2, {
        run: async (index) => {
          if (index > 0) return;
          await sleep(reactor, 18);
          over.push(reactor.now());
        },
      });
      expect(over.length).toBe(1);
      expect((second?.time ?? 0) > (over[0] ?? Infinity)).toBe(true);
      expect((second?.missed ?? 0) >= 4).toBe(true);
      expect(slotsBetween(first, second, 4)).toBe((second?.missed ?? 0) + 1);
    });
  });

  kit.it(
    'C44',
    'a run that blocks skips slots instead of bunching them',
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

  kit.it('C44', 'reset moves the grid to now', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      let hear: (tick: Tick) => void = () => undefined;
      const loop = every(reactor, 10, (tick) => {
        hear(tick);
      });
      await passed(reactor, 5);
      const next = deferred<Tick>();
      const before = reactor.now();
      loop.reset();
      hear = next.resolve;
      const { time } = await next.promise;
      loop.stop();
      expect(time >= before + 10).toBe(true);
    });
  });

  kit.it('C44', 'the interval 0 runs once a turn', () => {
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

  kit.it('C44', 'two loops of the interval 0 are fair to each other and to timed calls', async () => {
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

  kit.it('C44', 'a negative interval or NaN is a RangeError', () => {
    const reactor = kit.create();
    for (const ms of [-1, NaN]) expect(() => every(reactor, ms, () => undefined)).toThrow(RangeError);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'an interval that is no number is a TypeError that says what was given', async () => {
    const reactor = kit.create();
    const text = '5' as unknown as number; // as: JavaScript passes anything
    for (const make of [() => every(reactor, text, () => undefined), () => ticks(reactor, text)]) {
      expect(make).toThrow(TypeError);
      expect(make).toThrow("got the string '5'");
    }
    expect(String(await rejectionOf(sleep(reactor, text))).includes("got the string '5'")).toBe(true);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });
}

function endsOfLoops(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'a run that throws or rejects is reported, and the next slot comes', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('no');
    await runThrough(reactor, () =>
      ticksOf(reactor, 1, 3, {
        run: (index) => {
          if (index === 0) throw failure;
          return index === 1 ? Promise.reject(failure) : undefined;
        },
      }),
    );
    expect(record.errors.length).toBe(2);
    expect(record.errors.every((error) => error === failure)).toBe(true);
  });

  kit.it('C44', "with { onError: 'stop' } a run that fails ends the loop and rejects whenDone()", async () => {
    const reactor = kit.create();
    const failure = new Error('no');
    let runs = 0;
    await runThrough(reactor, async () => {
      const fail = (): never => {
        runs++;
        throw failure;
      };
      const loop = every(reactor, 1, fail, { onError: 'stop' });
      expect(await rejectionOf(loop.whenDone())).toBe(failure);
      expect(loop.active).toBe(false);
      await passed(reactor, 4);
    });
    expect(runs).toBe(1);
  });

  kit.it('C44', 'stop() ends the loop; whenDone() waits for a run that pends', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    await runThrough(reactor, async () => {
      const run = deferred();
      const began = deferred();
      const loop = every(reactor, 1, () => {
        order.push('run');
        began.resolve();
        return run.promise;
      });
      await began.promise;
      loop.stop();
      expect(loop.active).toBe(false);
      const done = loop.whenDone().then(() => order.push('done'));
      await settle();
      order.push('settling');
      run.resolve();
      await done;
      await passed(reactor, 4);
    });
    expect(order).toEqual(['run', 'settling', 'done']);
  });

  kit.it('C44', 'stop and reset of a loop that has ended are a LoopingCallStateError; disposing forgives', () => {
    const reactor = kit.create();
    const loop: LoopingCall = every(reactor, HOUR, () => undefined);
    expect(loop.active).toBe(true);
    loop.stop();
    const codes = [
      codeThrownBy(() => {
        loop.stop();
      }),
      codeThrownBy(() => {
        loop.reset();
      }),
    ];
    expect(codes).toEqual(range(2).map(() => 'ERR_TRIPHASE_LOOPING_CALL_STATE'));
    disposeOf(loop);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C44', 'a loop may stop itself', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      expect((await ticksOf(reactor, 1, 1)).length).toBe(1);
      await passed(reactor, 3);
      expect(reactor.getDelayedCalls().length).toBe(0);
    });
  });

  kit.it('C44', 'aborting its signal stops a loop, and no listener is left', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const loop = every(reactor, HOUR, () => undefined, { signal });
    signal.abort();
    await loop.whenDone();
    expect(loop.active).toBe(false);
    expect(signal.listeners).toBe(0);
    const late = every(reactor, HOUR, () => undefined, { signal });
    expect(late.active).toBe(false);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C30', 'every ends when stopping begins, before any shutdown trigger', async () => {
    const reactor = kit.create();
    const active: boolean[] = [];
    await start(reactor);
    const loop = every(reactor, 1, () => undefined);
    reactor.on('shutdown', { before: () => active.push(loop.active) });
    await reactor.stop();
    await loop.whenDone();
    expect(active).toEqual([false]);
  });
}

function iteratingTicks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'ticks gives the slots of a grid', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const before = reactor.now();
      const seen: Tick[] = [];
      for await (const tick of ticks(reactor, 3)) {
        seen.push(tick);
        if (seen.length === 3) break;
      }
      expect((seen[0]?.time ?? 0) >= before + 3).toBe(true);
      seen.slice(1).forEach((tick, index) => {
        expect(slotsBetween(seen[index], tick, 3)).toBe(tick.missed + 1);
      });
    });
  });

  kit.it('C44', 'ticks with { now: true } gives the first one without an interval', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const iterator = ticks(reactor, HOUR, { now: true });
      expect((await iterator.next()).done).toBe(false);
      await iterator.return?.();
    });
  });

  kit.it('C44', 'a slow consumer gets one tick for all that it missed', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const seen: Tick[] = [];
      for await (const tick of ticks(reactor, 3)) {
        seen.push(tick);
        if (seen.length === 2) break;
        await sleep(reactor, 20);
      }
      expect(slotsBetween(seen[0], seen[1], 3)).toBe((seen[1]?.missed ?? 0) + 1);
    });
  });

  kit.it('C44', 'ticks that nobody asked for become one, which tells how many they were', async () => {
    const clock = new HandClock(kit.create());
    const iterator = ticks(clock, 20);
    const first = iterator.next();
    for (const _ of range(4)) clock.run();
    expect(await first).toEqual({ done: false, value: { time: 1_020, missed: 0 } });
    expect(await iterator.next()).toEqual({ done: false, value: { time: 1_080, missed: 2 } });
    const next = iterator.next();
    clock.run();
    expect(await next).toEqual({ done: false, value: { time: 1_100, missed: 0 } });
  });

  kit.it('C44', 'leaving the loop over ticks clears its timer', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      for await (const tick of ticks(reactor, 1)) if (tick.time > 0) break;
      expect(reactor.getDelayedCalls().length).toBe(0);
    });
  });

  kit.it('C30', 'ticks are done when stopping begins', async () => {
    const reactor = kit.create();
    await start(reactor);
    const iterator = ticks(reactor, HOUR);
    const waiting = iterator.next();
    void reactor.stop();
    expect((await waiting).done).toBe(true);
    expect((await iterator.next()).done).toBe(true);
  });
}

function cooperating(kit: Kit): void {
  const { expect } = kit;

  kit.it('C45', 'a task is taken to its end', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task = cooperate(
        reactor,
        repeat(2_500, () => steps++),
      );
      expect(await task.whenDone()).toBe('finished');
    });
    expect(steps).toBe(2_500);
  });

  kit.it('C45', 'tasks take turns: none waits for another to end', async () => {
    const reactor = kit.create();
    const counts = [0, 0, 0];
    const spread: number[] = [];
    const step =
      (own: number): (() => void) =>
      () => {
        counts[own] = (counts[own] ?? 0) + 1;
        spread.push(Math.max(...counts) - Math.min(...counts));
      };
    await runThrough(reactor, () =>
      Promise.all(range(3).map((own) => cooperate(reactor, repeat(500, step(own))).whenDone())),
    );
    expect(counts).toEqual([500, 500, 500]);
    expect(Math.max(...spread) <= 2).toBe(true);
  });

  kit.it('C45', 'a task without end starves neither queued nor timed calls', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      // A task that nothing interrupts comes to its end, and was not stopped.
      const task = cooperate(
        reactor,
        repeat(3_000_000, () => undefined),
      );
      await nextTurn(reactor);
      await new Promise<void>((resolve) => void reactor.callLater(0, resolve));
      disposeOf(task);
      expect(await task.whenDone()).toBe('stopped');
    });
  });

  kit.it(
    'C45',
    'slow steps share the loop by time',
    async () => {
      const reactor = kit.create();
      let steps = 0;
      await runThrough(reactor, async () => {
        const task = cooperate(
          reactor,
          repeat(200, () => {
            block(reactor, 2);
            steps++;
          }),
        );
        await nextTurn(reactor);
        await nextTurn(reactor);
        expect(steps > 0 && steps < 200).toBe(true);
        task.stop();
      });
    },
    { needs: 'movingClock' },
  );

  kit.it('C45', 'a promise that it yields pauses that task alone', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    await runThrough(reactor, async () => {
      const gate = deferred();
      const waiting = cooperate(reactor, yieldOnce(gate.promise, order));
      expect(
        await cooperate(
          reactor,
          repeat(10, () => order.push('other')),
        ).whenDone(),
      ).toBe('finished');
      expect(order.includes('after the promise')).toBe(false);
      gate.resolve();
      expect(await waiting.whenDone()).toBe('finished');
      expect(order.at(-1)).toBe('after the promise');
    });
  });
}

function endsOfTasks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C45', 'a paused task takes no step until it is resumed as often', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task = cooperate(
        reactor,
        repeat(5, () => steps++),
      );
      task.pause();
      task.pause();
      await nextTurn(reactor);
      task.resume();
      await nextTurn(reactor);
      await nextTurn(reactor);
      expect(steps).toBe(0);
      task.resume();
      expect(await task.whenDone()).toBe('finished');
    });
    expect(steps).toBe(5);
  });

  kit.it('C45', 'a stopped task takes no further step', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task: CooperativeTask = cooperate(
        reactor,
        repeat(Infinity, () => {
          if (++steps === 3) task.stop();
        }),
      );
      expect(await task.whenDone()).toBe('stopped');
      await nextTurn(reactor);
      await nextTurn(reactor);
    });
    expect(steps).toBe(3);
  });

  kit.it('C45', 'a task that is stopped from outside takes no further step, whatever its iterator is', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task = cooperate(reactor, { next: () => ({ done: false, value: steps++ }) });
      await nextTurn(reactor);
      task.stop();
      const before = steps;
      for (const _ of range(3)) await nextTurn(reactor);
      expect(steps).toBe(before);
    });
  });

  kit.it('C45', 'an error of a task that nobody asked after is reported once', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('no');
    await runThrough(reactor, async () => {
      cooperate(
        reactor,
        repeat(1, () => {
          throw failure;
        }),
      );
      for (const _ of range(3)) await nextTurn(reactor);
      await passed(reactor, 1);
    });
    expect(record.errors.map((error) => error === failure)).toEqual([true]);
  });

  kit.it('C45', 'a task that the end of the run cuts short is told: whenDone() rejects', async () => {
    const reactor = kit.create();
    await start(reactor);
    const task = cooperate(
      reactor,
      repeat(Infinity, () => undefined),
    );
    const rejected = rejectionOf(task.whenDone());
    await reactor.stop();
    expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STOPPED');
  });

  kit.it('C45', 'a stopped task lets its iterator clean up', async () => {
    const reactor = kit.create();
    const seen: string[] = [];
    const work = function* (): Generator<void> {
      try {
        yield* repeat(Infinity, () => undefined);
      } finally {
        seen.push('cleaned up');
      }
    };
    await runThrough(reactor, async () => {
      const task = cooperate(reactor, work());
      await nextTurn(reactor);
      task.stop();
      expect(await task.whenDone()).toBe('stopped');
      expect(seen).toEqual(['cleaned up']);
    });
  });

  kit.it('C45', 'whenDone() rejects with what the iterator throws', async () => {
    const reactor = kit.create();
    const failure = new Error('no');
    await runThrough(reactor, async () => {
      const task = cooperate(
        reactor,
        repeat(3, () => {
          throw failure;
        }),
      );
      expect(await rejectionOf(task.whenDone())).toBe(failure);
    });
  });

  kit.it('C45', 'pause, resume and stop in the wrong state are a TaskStateError; disposing forgives', async () => {
    const reactor = kit.create();
    const task = cooperate(
      reactor,
      repeat(Infinity, () => undefined),
    );
    const codes = [
      codeThrownBy(() => {
        task.resume();
      }),
    ];
    task.stop();
    codes.push(
      codeThrownBy(() => {
        task.stop();
      }),
      codeThrownBy(() => {
        task.pause();
      }),
      codeThrownBy(() => {
        task.resume();
      }),
    );
    expect(codes).toEqual(range(4).map(() => 'ERR_TRIPHASE_TASK_STATE'));
    disposeOf(task);
    expect(await task.whenDone()).toBe('stopped');
  });
}

function clocks(kit: Kit): void {
  const { expect } = kit;

  /** What C55 names, and nothing else. */
  kit.it('C55', 'sleep, every, ticks and cooperate need no more than a Clock', async () => {
    const reactor = kit.create();
    const clock = bareClock(reactor);
    await runThrough(reactor, async () => {
      await sleep(clock, 1);
      const run = deferred<Tick>();
      const loop = every(clock, 1, run.resolve);
      await run.promise;
      loop.stop();
      for await (const tick of ticks(clock, 1)) if (tick.time > 0) break;
      expect(
        await cooperate(
          clock,
          repeat(3, () => undefined),
        ).whenDone(),
      ).toBe('finished');
    });
  });

  kit.it('C55', 'the signal of the clock is that of the run: a loop over it ends with the run', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    const loop = every(bareClock(reactor), HOUR, () => undefined);
    void reactor.stop();
    await loop.whenDone();
    await ended;
    expect(reactor.signal.aborted).toBe(true);
  });

  kit.it('C55', 'every reactor has a wall clock and random numbers', () => {
    const reactor = kit.create();
    expect(Number.isFinite(reactor.wallNow())).toBe(true);
    const numbers = range(100).map(() => reactor.random());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size > 1).toBe(true);
  });

  kit.it('C55', 'both come from the host record', () => {
    const reactor = kit.create({ host: { wallNow: () => 1_234, random: () => 0.25 } });
    expect([reactor.wallNow(), reactor.random()]).toEqual([1_234, 0.25]);
  });
}

/** A clock that is moved by hand and keeps what is asked of it; no call is made but by `run()`. */
class HandClock implements Clock {
  /** The times that calls were to be made at. */
  readonly asked: number[] = [];
  readonly signal: Clock['signal'];
  readonly #reactor: ReactorBase;
  #time = 1_000;
  #fn: () => unknown = () => undefined;

  constructor(reactor: ReactorBase) {
    this.#reactor = reactor;
    this.signal = reactor.signal;
  }

  now(): number {
    return this.#time;
  }

  callSoon(fn: () => unknown): void {
    this.#fn = fn;
  }

  callLater(ms: number, fn: () => unknown): DelayedCall {
    this.#fn = fn;
    const ask = (delay: number): void => {
      this.asked.push(this.#time + delay);
    };
    ask(ms);
    return Object.assign(
      this.#reactor.callLater(Infinity, () => undefined),
      { reset: ask },
    );
  }

  pass(ms: number): void {
    this.#time += ms;
  }

  /** Makes the call that was asked for last, a millisecond late. */
  run(): void {
    this.#time = (this.asked.at(-1) ?? NaN) + 1;
    this.#fn();
  }
}

/** What C55 names, and nothing else of the reactor. */
function bareClock(reactor: ReactorBase): Clock {
  return {
    now: () => reactor.now(),
    callSoon: (fn) => {
      reactor.callSoon(fn);
    },
    callLater: (ms, fn, options) => reactor.callLater(ms, fn, options),
    get signal() {
      return reactor.signal;
    },
  };
}

function* repeat(times: number, step: () => unknown): Generator<void> {
  for (let n = 0; n < times; n++) {
    step();
    yield;
  }
}

function* yieldOnce(promise: Promise<unknown>, order: string[]): Generator {
  order.push('before the promise');
  yield promise;
  order.push('after the promise');
}
