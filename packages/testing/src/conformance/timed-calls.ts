import type { DelayedCall, ReactorBase, ReactorOptions } from '@triphase/core';
import { CountingSignal, disposeOf } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, codeThrownBy, deferred, nextTurn, recordErrors, runThrough, start } from './steps.ts';
import { block, passed, range } from './time.ts';

const HOUR = 3_600_000;
/** Where the clock stands still, deadlines are equal. A reactor that does not take its clock from the record is none the worse. */
const stillClock: ReactorOptions = { host: { now: () => 1_000 } };

/** C39 to C43: calls that wait for their time. */
export function timedCalls(kit: Kit): void {
  delays(kit);
  optionsOfCalls(kit);
  order(kit);
  changes(kit);
  listing(kit);
}

function delays(kit: Kit): void {
  const { expect } = kit;

  kit.it('C39', 'a negative delay or NaN is a RangeError that shows the value, and nothing is scheduled', () => {
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

  kit.it('C39', 'a delay that is no number is a TypeError that says what was given', () => {
    const reactor = kit.create();
    for (const [ms, shown] of [
      ['5', "the string '5'"],
      [undefined, 'undefined'],
      [null, 'null'],
      [true, "the boolean 'true'"],
      [{}, 'an object'],
    ] as const) {
      const add = (): unknown => reactor.callLater(ms as unknown as number, () => undefined); // as: JavaScript passes anything
      expect(add).toThrow(TypeError);
      expect(add).toThrow(`got ${shown}`);
    }
    expect(reactor.getDelayedCalls().length).toBe(0);
    const call = reactor.callLater(HOUR, fail);
    for (const change of [() => call.reset('5' as never), () => call.delay('5' as never)]) {
      expect(change).toThrow(TypeError);
      expect(change).toThrow("got the string '5'");
    }
  });

  kit.it('C39', 'Infinity is legal: such a call never comes, is active, and holds nothing back', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    const never = reactor.callLater(Infinity, () => ran.push('never'));
    const result = await runThrough(reactor, () => passed(reactor, 2));
    expect(ran).toEqual([]);
    expect(never.active).toBe(true);
    expect(never.time).toBe(Infinity);
    expect(result.left).toEqual({ queued: 0, timed: 1 });
  });

  kit.it('C39', 'a delay beyond 2^31-1 ms is honoured, and does not come at once', async () => {
    const reactor = kit.create();
    const ran: number[] = [];
    const delays = [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e300];
    await runThrough(reactor, async () => {
      for (const ms of delays) reactor.callLater(ms, () => ran.push(ms));
      await passed(reactor, 20);
      await nextTurn(reactor);
    });
    expect(ran).toEqual([]);
    expect(reactor.getDelayedCalls().length).toBe(delays.length);
  });

  kit.it(
    'C39',
    'a delay counts from the call, also after a call that blocked',
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
    'time that is blocked after a call counts towards its delay',
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

  kit.it('C39', 'now() never goes back, and is the clock of the delays', async () => {
    const reactor = kit.create();
    const before = reactor.now();
    const call = reactor.callLater(10, () => undefined);
    const after = reactor.now();
    expect(after >= before).toBe(true);
    expect(call.time >= before + 10 && call.time <= after + 10).toBe(true);
    await runThrough(reactor, () => passed(reactor, 3));
    expect(reactor.now() >= after + 3).toBe(true);
  });

  kit.it('C39', 'a sooner call brings the wakeup forward', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      reactor.callLater(HOUR, () => undefined);
      await nextTurn(reactor);
      await passed(reactor, 2);
      reactor.callLater(HOUR / 2, () => undefined);
      await passed(reactor, 1);
    });
  });

  kit.it('C39', 'now() does not go back when the clock of the host does', () => {
    let time = 1_000;
    const reactor = kit.create({ host: { now: () => time } });
    const before = reactor.now();
    time = 500;
    expect(reactor.now() >= before).toBe(true);
    expect(reactor.callLater(10, fail).time >= before + 10).toBe(true);
  });

  kit.it('C39', 'a turn in between costs a timed call neither its wakeup nor its time', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const timed = passed(reactor, 10);
      for (const _ of range(3)) await nextTurn(reactor);
      await timed;
    });
  });

  kit.it('C39', 'calls made before run() are kept, and counted from when they were made', async () => {
    const reactor = kit.create();
    const ran = deferred();
    const call = reactor.callLater(3, ran.resolve);
    const { time } = call;
    await runThrough(reactor, () => ran.promise);
    expect(call.time).toBe(time);
    expect(call.active).toBe(false);
  });
}

function optionsOfCalls(kit: Kit): void {
  const { expect } = kit;

  kit.it('C39', 'a signal that is aborted already gives a call that is cancelled already', () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    signal.abort('enough');
    const call = reactor.callLater(0, fail, { signal });
    expect(call.active).toBe(false);
    expect(
      codeThrownBy(() => {
        call.cancel();
      }),
    ).toBe('ERR_TRIPHASE_ALREADY_CANCELLED');
    expect(reactor.getDelayedCalls().length).toBe(0);
    expect(signal.listeners).toBe(0);
    reactor.iterate();
  });

  kit.it('C39', 'aborting its signal cancels a call', () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const call = reactor.callLater(0, fail, { signal });
    signal.abort();
    expect(call.active).toBe(false);
    reactor.iterate();
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C39', 'a call that ran or was cancelled leaves no listener on its signal', () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    reactor.callLater(0, () => undefined, { signal });
    reactor.callLater(0, fail, { signal }).cancel();
    reactor.iterate();
    expect(signal.listeners).toBe(0);
    signal.abort();
  });

  kit.it('C39', 'onDrop is called once, with ReactorStoppedError, when the run ends before the call', async () => {
    const reactor = kit.create();
    const dropped: string[] = [];
    const { ended } = await start(reactor);
    reactor.callLater(HOUR, fail, { onDrop: (error) => dropped.push(codeOf(error)) });
    reactor.callLater(HOUR, fail, { onDrop: fail }).cancel();
    reactor.callLater(0, () => undefined, { onDrop: fail });
    await nextTurn(reactor);
    void reactor.stop();
    await ended;
    expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C39', 'an onDrop that throws is reported, and the others are told', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const told: string[] = [];
    await runThrough(reactor, () => {
      for (const name of ['first', 'second']) {
        const onDrop = (): never => {
          told.push(name);
          return fail();
        };
        reactor.callLater(HOUR, fail, { name, onDrop });
      }
    });
    expect(told).toEqual(['first', 'second']);
    expect(record.sources.map(({ kind }) => kind)).toEqual(['timed-call', 'timed-call']);
  });

  kit.it('C39', 'a call waits through shutdown: it is dropped only when the run is over', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    reactor.on('shutdown', {
      before: () => passed(reactor, 2),
      after: () => order.push('after shutdown'),
    });
    await start(reactor);
    reactor.callLater(1, () => order.push('due in before shutdown'));
    reactor.callLater(HOUR, fail, { onDrop: () => order.push('dropped') });
    await reactor.stop();
    expect(order).toEqual(['due in before shutdown', 'after shutdown', 'dropped']);
  });
}

function order(kit: Kit): void {
  const { expect } = kit;

  /** Makes the calls, waits for the last, and compares: the order they ran in is that of their times, then of their making. */
  async function runsInOrder(reactor: ReactorBase, delays: readonly number[]): Promise<void> {
    const ran: number[] = [];
    await runThrough(reactor, async () => {
      const over = deferred();
      const calls = delays.map((ms, index) =>
        reactor.callLater(ms, () => {
          ran.push(index);
          if (ran.length === delays.length) over.resolve();
        }),
      );
      const times = calls.map(({ time }) => time);
      await over.promise;
      expect(ran).toEqual(range(delays.length).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b));
    });
  }

  kit.it('C40', 'due calls run in the order of their deadlines', () =>
    runsInOrder(kit.create(), [15, 5, 10, 0, 12, 1]),
  );

  kit.it('C40', 'many calls with equal deadlines run in the order they were made', () =>
    runsInOrder(
      kit.create(),
      range(500).map(() => 5),
    ),
  );

  kit.it('C40', 'the order is exact below a millisecond', () =>
    runsInOrder(kit.create(), [3.9, 3.1, 3.5, 3.2, 3.8, 3.05, 3.4]),
  );

  kit.it('C40', 'the order is exact for hundreds of calls of many durations', () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const delays = range(400).map((index) => (index % 3 === 0 ? 10 : index % 3 === 1 ? 5 : next() * 20));
    return runsInOrder(kit.create(), delays);
  });

  kit.it('C40', 'the order holds when turns are cut', () =>
    runsInOrder(
      kit.create({ maxBatch: 3 }),
      range(60).map((index) => (index * 7) % 5),
    ),
  );

  kit.it('C40', 'a deadline is kept at the full resolution of the clock', () => {
    const reactor = kit.create();
    for (const ms of [0.25, 3.1, 3.9]) {
      const before = reactor.now();
      const { time } = reactor.callLater(ms, fail);
      expect(time >= before + ms && time <= reactor.now() + ms).toBe(true);
    }
  });

  kit.it('C40', 'calls that are due at one and the same time run in the order in which that was set', () => {
    const reactor = kit.create({ ...stillClock, maxSliceMs: 60_000 });
    const ran: number[] = [];
    const calls = range(200).map((index) => reactor.callLater(1 + ((index * 7) % 13), () => ran.push(index)));
    const order = range(200).map((index) => (index * 77) % 200);
    for (const index of order) calls[index]?.delay(-HOUR);
    reactor.iterate();
    expect(ran).toEqual(order);
  });

  kit.it('C40', 'a call that is put off holds up none of those that are due before it', async () => {
    const reactor = kit.create();
    const ran: number[] = [];
    await runThrough(reactor, async () => {
      const over = deferred();
      const calls = range(60).map((index) =>
        reactor.callLater(index % 10, () => {
          ran.push(index);
          if (ran.length === 60) over.resolve();
        }),
      );
      calls.forEach((call, index) => {
        if (index % 3 === 0) call.reset(10 + ((index * 7) % 11));
      });
      const times = calls.map(({ time }) => time);
      await over.promise;
      // Should the clock go on in between, one that was reset may share its time with others, and comes after them.
      const order = (index: number) => (index % 3 === 0 ? 60 : 0) + index;
      expect(ran).toEqual(range(60).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || order(a) - order(b)));
    });
  });

  kit.it('C40', 'a call that is brought forward runs before those that are due after it', async () => {
    const reactor = kit.create();
    const ran: number[] = [];
    await runThrough(reactor, async () => {
      const over = deferred();
      const calls = range(60).map((index) =>
        reactor.callLater(10 + ((index * 7) % 11), () => {
          ran.push(index);
          if (ran.length === 60) over.resolve();
        }),
      );
      calls.forEach((call, index) => {
        if (index % 3 === 0) call.reset((index * 5) % 12);
      });
      const times = calls.map(({ time }) => time);
      await over.promise;
      // Should the clock go on in between, one that was reset may share its time with others, and comes after them.
      const order = (index: number) => (index % 3 === 0 ? 60 : 0) + index;
      expect(ran).toEqual(range(60).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || order(a) - order(b)));
    });
  });

  kit.it('C40', 'a call reset to the time of others comes after them', () => {
    const reactor = kit.create(stillClock);
    const ran: string[] = [];
    const first = reactor.callLater(0, () => ran.push('first'));
    reactor.callLater(0, () => ran.push('second'));
    reactor.callLater(0, () => ran.push('third'));
    first.reset(0);
    reactor.iterate();
    expect(ran).toEqual(['second', 'third', 'first']);
  });

  kit.it('C40', 'reset takes a new place among equal deadlines', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      const first = reactor.callLater(4, () => ran.push('first'));
      reactor.callLater(4, () => ran.push('second'));
      first.reset(4);
      await passed(reactor, 6);
    });
    expect(ran).toEqual(['second', 'first']);
  });

  kit.it('C40', 'delay takes a new place among equal deadlines', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      const first = reactor.callLater(4, () => ran.push('first'));
      const second = reactor.callLater(4, () => ran.push('second'));
      // Until the two are equal to the last bit; on a clock that stands still they are at once.
      do first.delay(second.time - first.time);
      while (first.time !== second.time);
      await passed(reactor, 6);
    });
    expect(ran).toEqual(['second', 'first']);
  });
}

function changes(kit: Kit): void {
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
      const call = reactor.callLater(1, fail);
      call.cancel();
      expect(call.active).toBe(false);
      await passed(reactor, 3);
    });
  });

  kit.it('C41', 'cancel, reset and delay of a cancelled call are an AlreadyCancelledError', () => {
    const call = kit.create().callLater(HOUR, fail);
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
    const call = reactor.callLater(0, fail);
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
    const call = reactor.callLater(HOUR, fail);
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
    const call = kit.create().callLater(HOUR, fail);
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

  kit.it('C41', 'disposing is the forgiving cancel', () => {
    const reactor = kit.create();
    const cancelled = reactor.callLater(0, fail);
    disposeOf(cancelled);
    disposeOf(cancelled);
    const called = reactor.callLater(0, () => undefined);
    reactor.iterate();
    disposeOf(called);
    expect(cancelled.active).toBe(false);
  });
}

function listing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C42', 'getDelayedCalls() lists what waits in the order it will run, and nothing else', () => {
    const reactor = kit.create();
    const never = reactor.callLater(Infinity, fail);
    const last = reactor.callLater(3 * HOUR, fail);
    const first = reactor.callLater(HOUR, fail);
    const second = reactor.callLater(2 * HOUR, fail);
    reactor.callLater(HOUR, fail).cancel();
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
      reactor.callLater(HOUR, fail);
    });
    reactor.iterate();
    expect(listed).toEqual([3, 2, 1]);
  });

  kit.it('C42', 'very many calls are listed in order, queued calls first in pending()', () => {
    const reactor = kit.create();
    const count = 200_000;
    for (let n = 0; n < count; n++) reactor.callSoon(fail);
    const first = reactor.callLater(HOUR, fail);
    for (let n = 1; n < count; n++) reactor.callLater(HOUR + (n % 1_000), fail);
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
    const cancelled = reactor.callLater(HOUR, fail, { name: 'refresh' });
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
    const kept = reactor.callLater(HOUR, fail);
    for (const n of range(20_000)) reactor.callLater(HOUR + (n % 100), fail).cancel();
    expect(reactor.getDelayedCalls().length).toBe(1);
    expect(reactor.pending().length).toBe(1);
    kept.cancel();
    expect(reactor.iterate()).toBe(Infinity);
  });
}

function fail(): never {
  throw new Error('this must not run');
}
