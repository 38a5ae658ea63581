import type { DelayedCall } from '@triphase/core';
import { disposeOf } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeThrownBy, deferred, mustNotRun, nextTurn, runThrough } from './steps.ts';
import { passed, range } from './time.ts';

const HOUR = 3_600_000;

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

  kit.it('C41', 'a cancelled call never runs, and is inactive at once', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const call = reactor.callLater(1, mustNotRun);
      call.cancel();
      expect(call.active).toBe(false);
      await passed(reactor, 3);
    });
  });

  kit.it('C41', 'cancel, reset and delay of a cancelled call are an AlreadyCancelledError', () => {
    const call = kit.create().callLater(HOUR, mustNotRun);
    call.cancel();
    expect(codesOf(call)).toEqual(range(3).map(() => 'ERR_TRIPHASE_ALREADY_CANCELLED'));
  });

  kit.it('C41', 'cancel, reset and delay of a call that ran are an AlreadyCalledError', () => {
    const reactor = kit.create();
    const call = reactor.callLater(0, () => undefined);
    reactor.iterate();
    expect(codesOf(call)).toEqual(range(3).map(() => 'ERR_TRIPHASE_ALREADY_CALLED'));
  });

  kit.it('C41', 'inside its own function a call has been called already', () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const call = reactor.callLater(0, () => {
      seen.push(call.active, ...codesOf(call));
    });
    reactor.iterate();
    expect(seen).toEqual([false, ...range(3).map(() => 'ERR_TRIPHASE_ALREADY_CALLED')]);
  });

  kit.it('C41', 'reset counts from now: later', () => {
    const reactor = kit.create();
    const call = reactor.callLater(0, mustNotRun);
    const before = reactor.now();
    call.reset(HOUR);
    expect(call.time >= before + HOUR && call.time <= reactor.now() + HOUR).toBe(true);
    reactor.iterate();
    expect(call.active).toBe(true);
  });

  kit.it('C41', 'reset counts from now: sooner', async () => {
    const reactor = kit.create();
    const ran = deferred();
    await runThrough(reactor, async () => {
      const call = reactor.callLater(HOUR, ran.resolve);
      await nextTurn(reactor);
      call.reset(1);
      await ran.promise;
    });
  });

  kit.it('C41', 'delay is relative to the time of the call, and may be negative', () => {
    const reactor = kit.create();
    const call = reactor.callLater(HOUR, mustNotRun);
    const { time } = call;
    call.delay(500);
    expect(call.time).toBe(time + 500);
    call.delay(-1_000);
    expect(call.time).toBe(time - 500);
  });

  kit.it('C41', 'a delay into the past is due now', () => {
    const reactor = kit.create();
    const ran: string[] = [];
    const call = reactor.callLater(HOUR, () => ran.push('delayed'));
    const before = reactor.now();
    call.delay(-2 * HOUR);
    expect(call.time >= before && call.time <= reactor.now()).toBe(true);
    reactor.iterate();
    expect(ran).toEqual(['delayed']);
  });

  kit.it('C41', 'a call that is put off again and again runs once, at the last time it was given', async () => {
    const reactor = kit.create();
    let ran = 0;
    await runThrough(reactor, async () => {
      const call = reactor.callLater(3, () => ran++);
      for (const _ of range(5)) {
        await passed(reactor, 1);
        if (call.active) call.reset(3);
      }
      const { time } = call;
      await passed(reactor, 10);
      expect(reactor.now() >= time).toBe(true);
    });
    expect(ran).toBe(1);
  });

  kit.it('C41', 'reset with a negative number and delay by NaN are a RangeError, and change nothing', () => {
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

  kit.it('C41', 'disposing cancels a call, and never throws', () => {
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

/** `getDelayedCalls()` and `toString()`. C42. */
export function listing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C42', 'getDelayedCalls() lists what waits in the order it will run, and nothing else', () => {
    const reactor = kit.create();
    const never = reactor.callLater(Infinity, mustNotRun);
    const last = reactor.callLater(3 * HOUR, mustNotRun);
    const first = reactor.callLater(HOUR, mustNotRun);
    const second = reactor.callLater(2 * HOUR, mustNotRun);
    reactor.callLater(HOUR, mustNotRun).cancel();
    reactor.callLater(0, () => undefined);
    reactor.iterate();
    expect(reactor.getDelayedCalls().map((call) => [first, second, last, never].indexOf(call))).toEqual(range(4));
    last.reset(HOUR / 2);
    expect(reactor.getDelayedCalls().map((call) => [last, first, second, never].indexOf(call))).toEqual(range(4));
  });

  kit.it('C42', 'calls of the turn under way are listed until they run', () => {
    const reactor = kit.create();
    const listed: number[] = [];
    for (const _ of range(3)) reactor.callLater(0, () => listed.push(reactor.getDelayedCalls().length));
    reactor.callSoon(() => {
      reactor.callLater(HOUR, mustNotRun);
    });
    reactor.iterate();
    expect(listed).toEqual([3, 2, 1]);
  });

  kit.it('C42', 'very many calls are listed in order, queued calls first in pending()', () => {
    const reactor = kit.create();
    const count = 200_000;
    for (let n = 0; n < count; n++) reactor.callSoon(mustNotRun);
    const first = reactor.callLater(HOUR, mustNotRun);
    for (let n = 1; n < count; n++) reactor.callLater(HOUR + (n % 1_000), mustNotRun);
    const listed = reactor.getDelayedCalls();
    expect(listed.length).toBe(count);
    expect(listed[0]).toBe(first);
    expect(listed.every(({ time }, index) => index === 0 || (listed[index - 1]?.time ?? 0) <= time)).toBe(true);
    const pending = reactor.pending();
    expect(pending.length).toBe(2 * count);
    expect([pending[0]?.kind, pending[count]?.kind]).toEqual(['call', 'timed-call']);
    for (const call of listed) call.cancel();
  });

  kit.it('C42', 'toString() tells the states apart and names the call', () => {
    const reactor = kit.create();
    const call = reactor.callLater(0, () => undefined, { name: 'refresh' });
    const cancelled = reactor.callLater(HOUR, mustNotRun, { name: 'refresh' });
    const waiting = String(call);
    reactor.iterate();
    cancelled.cancel();
    const texts = [waiting, String(call), String(cancelled)];
    expect(new Set(texts).size).toBe(3);
    expect(texts.map((text) => /called|cancelled/.exec(text)?.[0])).toEqual([undefined, 'called', 'cancelled']);
    // A call that is over has let go of what it was given.
    expect(waiting.includes('refresh')).toBe(true);
    expect(texts.every((text) => !text.includes('[object'))).toBe(true);
  });

  kit.it('C43', 'calls that are cancelled leave nothing behind', () => {
    const reactor = kit.create();
    const kept = reactor.callLater(HOUR, mustNotRun);
    for (const n of range(20_000)) reactor.callLater(HOUR + (n % 100), mustNotRun).cancel();
    expect(reactor.getDelayedCalls().length).toBe(1);
    expect(reactor.pending().length).toBe(1);
    kept.cancel();
    expect(reactor.iterate()).toBe(Infinity);
  });
}
