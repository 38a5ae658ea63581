import { type Tick, sleep, ticks } from '@triphase/core';
import { HandClock } from '../hand-clock.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { runThrough, start } from '../running.ts';
import { HOUR } from '../time.ts';
import { slotsBetween } from './ticks-of.ts';

/** `ticks` as an async iterator. C44. */
export function iteratingTicks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'ticks() yields the slots of a grid', async () => {
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

  kit.it('C44', 'ticks() with { now: true } yields the first tick without an interval', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const iterator = ticks(reactor, HOUR, { now: true });
      expect((await iterator.next()).done).toBe(false);
      await iterator.return?.();
    });
  });

  kit.it('C44', 'ticks() yields one tick to a slow consumer for all slots that it missed', async () => {
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

  kit.it('C44', 'ticks that were not read become one tick, whose missed counts them', async () => {
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

  kit.it('C44', 'leaving a loop over ticks() cancels its timed call', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      for await (const tick of ticks(reactor, 1)) if (tick.time > 0) break;
      expect(reactor.getDelayedCalls().length).toBe(0);
    });
  });

  kit.it('C30', 'ticks() is done when stopping begins', async () => {
    const reactor = kit.create();
    await start(reactor);
    const iterator = ticks(reactor, HOUR);
    const waiting = iterator.next();
    void reactor.stop();
    expect((await waiting).done).toBe(true);
    expect((await iterator.next()).done).toBe(true);
  });
}
