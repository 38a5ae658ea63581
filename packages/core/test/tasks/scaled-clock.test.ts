import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ResourceClosedError } from '../../src/ground/errors.ts';
import { every } from '../../src/tasks/looping-call.ts';
import { scaledClock } from '../../src/tasks/scaled-clock.ts';
import { sleep } from '../../src/tasks/sleep.ts';
import { HandClock } from '../hand-clock.ts';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

describe('scaledClock', () => {
  it('B25: its time runs at the rate, from the time of the other clock on', () => {
    const clock = new HandClock(100);
    const half = scaledClock(clock, { rate: 0.5 });
    const same = scaledClock(clock);
    clock.pass(50);
    expect([half.now(), same.now(), half.rate, same.rate]).toEqual([125, 150, 0.5, 1]);
    half.rate = 2;
    clock.pass(50);
    expect(half.now()).toBe(225);
  });

  it('B25: timed calls come at its time, in order', () => {
    const clock = new HandClock();
    const half = scaledClock(clock, { rate: 0.5 });
    const order: string[] = [];
    for (const ms of [30, 10, 20])
      half.callLater(ms, () => order.push(`${String(half.now())} at ${String(clock.now())}`));
    clock.advance(19.9);
    expect(order).toEqual([]);
    clock.advance(100);
    expect(order).toEqual(['10 at 20', '20 at 40', '30 at 60']);
    expect(clock.timers.size).toBe(0);
  });

  it('B25: while it is paused no time passes and nothing is due; then it goes on where it was', () => {
    const clock = new HandClock();
    const game = scaledClock(clock);
    const order: number[] = [];
    game.callLater(10, () => order.push(clock.now()));
    clock.advance(4);
    game.pause();
    game.pause();
    clock.advance(1_000);
    expect([game.now(), order]).toEqual([4, []]);
    game.callLater(1, () => order.push(clock.now()));
    game.resume();
    game.resume();
    clock.advance(100);
    expect(order).toEqual([1_005, 1_010]);
  });

  it('B25: at the rate 0 no time passes, and a change of rate moves the pending calls', () => {
    const clock = new HandClock();
    const game = scaledClock(clock, { rate: 0 });
    let at = NaN;
    game.callLater(10, () => (at = clock.now()));
    clock.advance(100);
    expect(at).toBe(NaN);
    game.rate = 10;
    clock.advance(0.5);
    game.rate = 1; // 5 ms are left
    clock.advance(100);
    expect(at).toBe(105.5);
  });

  it('B25: against a plain model: every call comes at its own time, none early, none lost', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('call' as const), n: fc.double({ min: 0, max: 50, noNaN: true }) }),
      fc.record({ op: fc.constant('wait' as const), n: fc.double({ min: 0, max: 40, noNaN: true }) }),
      fc.record({ op: fc.constant('rate' as const), n: fc.double({ min: 0.01, max: 8, noNaN: true }) }),
      fc.record({ op: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const), n: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new HandClock(1_000);
        const scaled = scaledClock(clock);
        const model = { now: 1_000, rate: 1, paused: false };
        const pending: { due: number; called: number[]; cancel: () => void; isCancelled: boolean }[] = [];
        for (const { op, n } of steps) {
          if (op === 'call') {
            const item = { due: model.now + n, called: [] as number[], cancel: () => {}, isCancelled: false };
            const call = scaled.callLater(n, () => item.called.push(scaled.now()));
            item.cancel = () => {
              if (call.active) call.cancel();
            };
            pending.push(item);
          } else if (op === 'wait') {
            clock.advance(n);
            if (!model.paused) model.now += n * model.rate;
          } else if (op === 'rate') scaled.rate = model.rate = n;
          else if (op === 'cancel') {
            const item = pending[n];
            if (item?.called.length === 0) item.isCancelled = true;
            item?.cancel();
          } else {
            scaled[op]();
            model.paused = op === 'pause';
          }
          expect(scaled.now()).toBeCloseTo(model.now, 6);
          for (const { due, called, isCancelled } of pending) {
            expect(called.length).toBeLessThanOrEqual(isCancelled ? 0 : 1);
            if (called.length === 1) expect(called[0]).toBeGreaterThanOrEqual(due - 1e-6);
            if (!isCancelled && due < model.now - 1e-6) expect(called.length).toBe(1);
            if (due > model.now + 1e-6) expect(called.length).toBe(0);
          }
        }
      }),
    );
  });

  it('B25: rounding makes no endless row of turns: a deadline is reached by its own wakeup', () => {
    const rate = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        rate,
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        (from, by, ms) => {
          const clock = new HandClock(from);
          const scaled = scaledClock(clock, { rate: by });
          const before = clock.turns;
          const call = scaled.callLater(ms, () => undefined);
          clock.advance(ms / by + 1);
          expect([call.active, clock.turns - before]).toEqual([false, 1]);
        },
      ),
    );
  });

  it('C30, B25: the end of the run drops its calls, also while it is paused and those that are never due', async () => {
    const reactor = new HandTurnedReactor();
    const ended = reactor.run();
    reactor.pump();
    const game = scaledClock(reactor);
    const never = sleep(game, Infinity).catch((error: unknown) => error);
    game.pause();
    const sleeping = sleep(game, 10).catch((error: unknown) => error);
    void reactor.stop();
    reactor.pump();
    await ended;
    for (const error of [await never, await sleeping]) expect(error).toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
    await expect(sleep(game, 1)).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
  });

  it('C31, B25: a crash keeps its calls, and the next run has them', async () => {
    const reactor = new HandTurnedReactor();
    const ended = reactor.run();
    reactor.pump();
    const game = scaledClock(reactor, { rate: 2 });
    let at = NaN;
    game.callLater(20, () => (at = reactor.now()));
    reactor.crash();
    await ended;
    void reactor.run();
    reactor.pump();
    reactor.advance(10);
    expect(at).toBe(10);
  });

  it('C68, B25: every works on it: it pauses, holds a stop, and reports to the reactor', async () => {
    const reported: string[] = [];
    const reactor = new HandTurnedReactor({ onError: (_error, { kind, name }) => reported.push(`${kind} ${name}`) });
    const ended = reactor.run();
    reactor.pump();
    const game = scaledClock(reactor, { rate: 2 });
    let finish = (): void => undefined;
    let runs = 0;
    const moveEnemies = (): unknown => {
      if (++runs === 1) throw new ResourceClosedError('no enemies');
      return new Promise<void>((resolve) => (finish = resolve));
    };
    every(game, 10, moveEnemies);
    reactor.advance(5);
    expect([runs, reported]).toEqual([1, ['timed-call moveEnemies']]);
    game.pause();
    reactor.advance(50);
    expect(runs).toBe(1);
    game.resume();
    reactor.advance(5);
    expect(runs).toBe(2);
    void reactor.stop();
    reactor.pump();
    await settled();
    expect(reactor.state).toBe('stopping');
    finish();
    await settled();
    reactor.pump();
    await ended;
  });

  it('C55, B25: the other members are those of the clock, and missing where it has none', () => {
    const clock = new HandClock();
    const bare = scaledClock(clock);
    expect([bare.waitUntil, bare.wallNow, bare.random]).toEqual([undefined, undefined, undefined]);
    expect(bare.signal).toBe(clock.signal);
    const reactor = new HandTurnedReactor({ host: { wallNow: () => 5, random: () => 0.5 } });
    const scaled = scaledClock(reactor, { rate: 2 });
    expect([scaled.wallNow?.(), scaled.random?.()]).toEqual([5, 0.5]);
    const calls: string[] = [];
    bare.callSoon(() => calls.push('soon'));
    clock.turn();
    expect(calls).toEqual(['soon']);
  });

  it.each([-1, NaN, Infinity, '2'])('B25: the rate %p is refused, when it is made and later', (rate) => {
    const wrong = rate as number; // as: callers without types
    const type = typeof rate === 'number' ? RangeError : TypeError;
    expect(() => scaledClock(new HandClock(), { rate: wrong })).toThrow(type);
    const scaled = scaledClock(new HandClock());
    expect(() => {
      scaled.rate = wrong;
    }).toThrow('The rate of a clock is');
    expect(scaled.rate).toBe(1);
    expect(() => scaledClock({} as never)).toThrow('scaledClock() needs a clock');
  });
});
