import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { HOUR, block, delay } from '../time.ts';

/** When a timed call is made: C39. */
export function delays(kit: Kit): void {
  const { expect } = kit;

  kit.it('C39', 'a delay that is negative or NaN throws a RangeError with the value, and nothing is scheduled', () => {
    const reactor = kit.create();
    for (const ms of [-1, -0.001, -Infinity, NaN]) {
      expect(() => reactor.callLater(ms, () => undefined)).toThrow(RangeError);
      expect(() => reactor.callLater(ms, () => undefined)).toThrow(String(ms));
    }
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C39', 'no call is made before its time', async () => {
    const reactor = kit.create();
    const early: number[] = [];
    await runThrough(reactor, () =>
      Promise.all(
        [0, 0.3, 1, 1.7, 3, 7.2, 15, 22].map(
          (ms) =>
            new Promise<void>((resolve) => {
              const asked = reactor.now();
              const call = reactor.callLater(ms, () => {
                if (reactor.now() < call.time || reactor.now() < asked + ms) early.push(ms);
                resolve();
              });
            }),
        ),
      ),
    );
    expect(early).toEqual([]);
  });

  kit.it('C39', 'a delay that is not a number throws a TypeError with the value', () => {
    const reactor = kit.create();
    for (const { ms, shown } of [
      { ms: '5', shown: "the string '5'" },
      { ms: undefined, shown: 'undefined' },
      { ms: null, shown: 'null' },
      { ms: true, shown: "the boolean 'true'" },
      { ms: {}, shown: 'an object' },
    ]) {
      const add = (): unknown => reactor.callLater(ms as unknown as number, () => undefined); // as: callers without types
      expect(add).toThrow(TypeError);
      expect(add).toThrow(`got ${shown}`);
    }
    expect(reactor.getDelayedCalls().length).toBe(0);
    const call = reactor.callLater(HOUR, mustNotRun);
    for (const change of [() => call.reset('5' as never), () => call.delay('5' as never)]) {
      expect(change).toThrow(TypeError);
      expect(change).toThrow("got the string '5'");
    }
  });

  kit.it('C39', 'a call with the delay Infinity stays active, is never made, and delays no other call', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    const never = reactor.callLater(Infinity, () => ran.push('never'));
    const result = await runThrough(reactor, () => delay(reactor, 2));
    expect(ran).toEqual([]);
    expect(never.active).toBe(true);
    expect(never.time).toBe(Infinity);
    expect(result.left).toEqual({ queued: 0, timed: 1 });
  });

  kit.it('C39', 'a delay above 2^31-1 ms is kept: the call is not made at once', async () => {
    const reactor = kit.create();
    const ran: number[] = [];
    const delays = [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e300];
    await runThrough(reactor, async () => {
      for (const ms of delays) reactor.callLater(ms, () => ran.push(ms));
      await delay(reactor, 20);
      await nextTurn(reactor);
    });
    expect(ran).toEqual([]);
    expect(reactor.getDelayedCalls().length).toBe(delays.length);
  });

  kit.it(
    'C39',
    'a delay counts from callLater(), also after a call that blocked',
    () => {
      const reactor = kit.create();
      const checks: boolean[] = [];
      const measure = (): void => {
        block(reactor, 20);
        const before = reactor.now();
        const call = reactor.callLater(10, () => undefined);
        checks.push(call.time >= before + 10);
      };
      reactor.callSoon(measure);
      reactor.callLater(0, measure);
      reactor.iterate();
      expect(checks).toEqual([true, true]);
    },
    { needs: 'movingClock' },
  );

  kit.it(
    'C39',
    'time in which code blocks after callLater() counts towards the delay',
    () => {
      const reactor = kit.create();
      const ran: string[] = [];
      reactor.callLater(10, () => ran.push('timed'));
      block(reactor, 11);
      reactor.iterate();
      expect(ran).toEqual(['timed']);
    },
    { needs: 'movingClock' },
  );

  kit.it('C39', 'now() never goes back, and delays are measured with it', async () => {
    const reactor = kit.create();
    const before = reactor.now();
    const call = reactor.callLater(10, () => undefined);
    const after = reactor.now();
    expect(after >= before).toBe(true);
    expect(call.time >= before + 10 && call.time <= after + 10).toBe(true);
    await runThrough(reactor, () => delay(reactor, 3));
    expect(reactor.now() >= after + 3).toBe(true);
  });

  kit.it('C39', 'a timed call that is due sooner moves the wakeup forward', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      reactor.callLater(HOUR, () => undefined);
      await nextTurn(reactor);
      await delay(reactor, 2);
      reactor.callLater(HOUR / 2, () => undefined);
      await delay(reactor, 1);
    });
  });

  kit.it('C39', 'now() does not go back when the clock of the host goes back', () => {
    let time = 1_000;
    const reactor = kit.create({ host: { now: () => time } });
    const before = reactor.now();
    time = 500;
    expect(reactor.now() >= before).toBe(true);
    expect(reactor.callLater(10, mustNotRun).time >= before + 10).toBe(true);
  });

  kit.it('C39', 'turns before a timed call is due neither lose nor delay it', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const timed = delay(reactor, 10);
      for (const _ of range(3)) await nextTurn(reactor);
      await timed;
    });
  });

  kit.it('C39', 'timed calls made before run() are kept, and their delays count from callLater()', async () => {
    const reactor = kit.create();
    const ran = deferred();
    const call = reactor.callLater(3, ran.resolve);
    const { time } = call;
    await runThrough(reactor, () => ran.promise);
    expect(call.time).toBe(time);
    expect(call.active).toBe(false);
  });
}
