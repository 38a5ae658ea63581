import { hostClock, withTimeout } from '@triphase/core';
import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { startFully } from '../running.ts';

/** `hostClock` and `remaining()`: C69. */
export function clocks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C69', 'hostClock() is a clock without a reactor', async () => {
    const clock = hostClock();
    const order: string[] = [];
    const called = deferred();
    let begun = 0;
    clock.callLater(10, () => order.push('never')).cancel();
    clock.callSoon(() => {
      order.push('soon');
      begun = clock.now();
      clock.callLater(20, () => {
        order.push('later');
        called.resolve();
      });
    });
    expect(order).toEqual([]);
    await called.promise;
    expect([order, clock.signal.aborted]).toEqual([['soon', 'later'], false]);
    expect(clock.now() - begun >= 19).toBe(true);
    expect(await withTimeout(clock, 1_000, Promise.resolve(7))).toBe(7);
  });

  kit.it('C69', 'remaining() is the time until a trigger is abandoned', async () => {
    const reactor = kit.create({ limits: { shutdown: { during: 2_000, deadline: 60_000 } } });
    const seen: number[] = [];
    const note = ({ remaining }: { readonly remaining: () => number }): void => void seen.push(remaining());
    await startFully(reactor);
    reactor.on('free', note);
    await reactor.fire('free');
    expect(seen).toEqual([Infinity]);
    reactor.addSystemEventTrigger('during', 'shutdown', note, { timeout: 500 });
    reactor.addSystemEventTrigger('during', 'shutdown', note);
    reactor.addSystemEventTrigger('after', 'shutdown', note);
    await reactor.stop();
    const [, own = 0, phase = 0, event = 0] = seen;
    expect([own, phase, event].map((ms) => ms > 0)).toEqual([true, true, true]);
    expect([own <= 500, phase <= 2_000, event <= 60_000]).toEqual([true, true, true]);
    expect([phase > 500, event > 2_000]).toEqual([true, true]);
  });

  kit.it('C69', 'remaining() is 0 once the signal has aborted', async () => {
    const reactor = kit.create();
    const left: number[] = [];
    const called = deferred();
    reactor.on('shutdown', ({ remaining, signal }) => {
      signal.addEventListener('abort', () => left.push(remaining()));
      left.push(remaining());
      called.resolve();
      return deferred().promise;
    });
    const { ended } = await startFully(reactor);
    void reactor.stop();
    await called.promise;
    reactor.escalate();
    await ended;
    expect(left.at(-1)).toBe(0);
    expect((left[0] ?? 0) > 0).toBe(true);
  });
}
