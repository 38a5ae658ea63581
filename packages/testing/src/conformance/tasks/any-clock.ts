import { type Clock, type ReactorBase, type Tick, cooperate, every, sleep, ticks } from '@triphase/core';
import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { runThrough, start } from '../running.ts';
import { HOUR } from '../time.ts';
import { repeat } from './repeat.ts';

/** `every`, `sleep`, `ticks` and `cooperate` on a clock that is not a reactor: C55. */
export function clocks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C55', 'sleep(), every(), ticks() and cooperate() work on any Clock', async () => {
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

  kit.it('C55', 'a loop on any Clock ends when the signal of that clock aborts', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    const loop = every(bareClock(reactor), HOUR, () => undefined);
    void reactor.stop();
    await loop.whenDone();
    await ended;
    expect(reactor.signal.aborted).toBe(true);
  });

  kit.it('C55', 'every reactor has wallNow() and random()', () => {
    const reactor = kit.create();
    expect(Number.isFinite(reactor.wallNow())).toBe(true);
    const numbers = range(100).map(() => reactor.random());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size > 1).toBe(true);
  });

  kit.it('C55', 'wallNow() and random() come from the host record', () => {
    const reactor = kit.create({ host: { wallNow: () => 1_234, random: () => 0.25 } });
    expect([reactor.wallNow(), reactor.random()]).toEqual([1_234, 0.25]);
  });
}

/** A clock over the reactor that has only the members of `Clock`. */
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
