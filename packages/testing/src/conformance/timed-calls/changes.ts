import type { DelayedCall } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { disposeOf } from '../dispose.ts';
import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { HOUR, delay } from '../time.ts';

/** Cancelling, resetting and delaying a timed call. C41, C43. */
export function changes(kit: Kit): void {
  const { expect } = kit;

  const codesOf = (call: DelayedCall): string[] => [
    codeThrownBy(() => {
      call.cancel();
    }),
    codeThrownBy(() => {
      call.reset(1);
    }),
    codeThrownBy(() => {
      call.delay(1);
    }),
  ];

  kit.it('C41', 'a cancelled timed call never runs, and is inactive at once', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const call = reactor.callLater(1, mustNotRun);
      call.cancel();
      expect(call.active).toBe(false);
      await delay(reactor, 3);
    });
  });

  kit.it('C41', 'cancel(), reset() and delay() of a cancelled call throw AlreadyCancelledError', () => {
    const call = kit.create().callLater(HOUR, mustNotRun);
    call.cancel();
    expect(codesOf(call)).toEqual(range(3).map(() => 'ERR_TRIPHASE_ALREADY_CANCELLED'));
  });

  kit.it('C41', 'cancel(), reset() and delay() of a call that ran throw AlreadyCalledError', () => {
    const reactor = kit.create();
    const call = reactor.callLater(0, () => undefined);
    reactor.iterate();
    expect(codesOf(call)).toEqual(range(3).map(() => 'ERR_TRIPHASE_ALREADY_CALLED'));
  });

  kit.it('C41', 'inside its own function a timed call counts as called', () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const call = reactor.callLater(0, () => {
      seen.push(call.active, ...codesOf(call));
    });
    reactor.iterate();
    expect(seen).toEqual([false, ...range(3).map(() => 'ERR_TRIPHASE_ALREADY_CALLED')]);
  });

  kit.it('C41', 'reset() to a later time counts from now', () => {
    const reactor = kit.create();
    const call = reactor.callLater(0, mustNotRun);
    const before = reactor.now();
    call.reset(HOUR);
    expect(call.time >= before + HOUR && call.time <= reactor.now() + HOUR).toBe(true);
    reactor.iterate();
    expect(call.active).toBe(true);
  });

  kit.it('C41', 'reset() to an earlier time counts from now', async () => {
    const reactor = kit.create();
    const ran = deferred();
    await runThrough(reactor, async () => {
      const call = reactor.callLater(HOUR, ran.resolve);
      await nextTurn(reactor);
      call.reset(1);
      await ran.promise;
    });
  });

  kit.it('C41', 'delay() is relative to the time of the call, and may be negative', () => {
    const reactor = kit.create();
    const call = reactor.callLater(HOUR, mustNotRun);
    const { time } = call;
    call.delay(500);
    expect(call.time).toBe(time + 500);
    call.delay(-1_000);
    expect(call.time).toBe(time - 500);
  });

  kit.it('C41', 'delay() into the past makes the call due now', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    const call = reactor.callLater(HOUR, () => ran.push('delayed'));
    const before = reactor.now();
    call.delay(-2 * HOUR);
    expect(call.time >= before && call.time <= reactor.now()).toBe(true);
    reactor.iterate();
    expect(ran).toEqual(['delayed']);
  });

  kit.it('C41', 'a timed call that is reset many times runs once, at the last time', async () => {
    const reactor = kit.create();
    let ran = 0;
    await runThrough(reactor, async () => {
      const call = reactor.callLater(3, () => ran++);
      for (const _ of range(5)) {
        await delay(reactor, 1);
        if (call.active) call.reset(3);
      }
      const { time } = call;
      await delay(reactor, 10);
      expect(reactor.now() >= time).toBe(true);
    });
    expect(ran).toBe(1);
  });

  kit.it('C41', 'reset() with a negative number and delay() with NaN throw a RangeError, and change nothing', () => {
    const call = kit.create().callLater(HOUR, mustNotRun);
    const { time } = call;
    expect(() => {
      call.reset(-1);
    }).toThrow(RangeError);
    expect(() => {
      call.reset(NaN);
    }).toThrow(RangeError);
    expect(() => {
      call.delay(NaN);
    }).toThrow(RangeError);
    expect(call.time).toBe(time);
    expect(call.active).toBe(true);
  });

  kit.it('C41', 'disposing cancels a timed call, and never throws', () => {
    const reactor = kit.create();
    const cancelled = reactor.callLater(0, mustNotRun);
    disposeOf(cancelled);
    disposeOf(cancelled);
    const called = reactor.callLater(0, () => undefined);
    reactor.iterate();
    disposeOf(called);
    expect(cancelled.active).toBe(false);
  });
}
