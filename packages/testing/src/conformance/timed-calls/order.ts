import type { ReactorBase, ReactorOptions } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { runThrough } from '../running.ts';
import { HOUR, delay } from '../time.ts';

/** On a clock that stands still times are equal. It has no effect on a reactor that does not take its clock from the host record. */
const stillClock: ReactorOptions = { host: { now: () => 1_000 } };

/** The order of timed calls. C40. */
export function order(kit: Kit): void {
  const { expect } = kit;

  /** Makes timed calls and checks that they run in the order of their times; those with equal times in the order of `delays`. */
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

  kit.it('C40', 'timed calls run in the order of their times', () => runsInOrder(kit.create(), [15, 5, 10, 0, 12, 1]));

  kit.it('C40', 'many timed calls with equal times run in the order in which they were made', () =>
    runsInOrder(
      kit.create(),
      range(500).map(() => 5),
    ),
  );

  kit.it('C40', 'the order of timed calls is exact below a millisecond', () =>
    runsInOrder(kit.create(), [3.9, 3.1, 3.5, 3.2, 3.8, 3.05, 3.4]),
  );

  kit.it('C40', 'the order of hundreds of timed calls with many delays is exact', () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const delays = range(400).map((index) => (index % 3 === 0 ? 10 : index % 3 === 1 ? 5 : next() * 20));
    return runsInOrder(kit.create(), delays);
  });

  kit.it('C40', 'the order of timed calls is kept when turns are cut', () =>
    runsInOrder(
      kit.create({ maxBatch: 3 }),
      range(60).map((index) => (index * 7) % 5),
    ),
  );

  kit.it('C40', 'the time of a timed call has the full resolution of the clock', () => {
    const reactor = kit.create();
    for (const ms of [0.25, 3.1, 3.9]) {
      const before = reactor.now();
      const { time } = reactor.callLater(ms, mustNotRun);
      expect(time >= before + ms && time <= reactor.now() + ms).toBe(true);
    }
  });

  kit.it('C40', 'timed calls with equal times run in the order in which those times were set', () => {
    const reactor = kit.create({ ...stillClock, maxSliceMs: 60_000 });
    const ran: number[] = [];
    const calls = range(200).map((index) => reactor.callLater(1 + ((index * 7) % 13), () => ran.push(index)));
    const order = range(200).map((index) => (index * 77) % 200);
    for (const index of order) calls[index]?.delay(-HOUR);
    reactor.iterate();
    expect(ran).toEqual(order);
  });

  kit.it('C40', 'a timed call that is reset to a later time does not delay those that are due before it', async () => {
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
      // The clock may move during the loop: a call that was reset may then have the time of others, and runs after them.
      const order = (index: number) => (index % 3 === 0 ? 60 : 0) + index;
      expect(ran).toEqual(range(60).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || order(a) - order(b)));
    });
  });

  kit.it('C40', 'a timed call that is reset to an earlier time runs before those that are due after it', async () => {
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
      // The clock may move during the loop: a call that was reset may then have the time of others, and runs after them.
      const order = (index: number) => (index % 3 === 0 ? 60 : 0) + index;
      expect(ran).toEqual(range(60).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || order(a) - order(b)));
    });
  });

  kit.it('C40', 'a timed call that is reset to the time of others runs after them', () => {
    const reactor = kit.create(stillClock);
    const ran: string[] = [];
    const first = reactor.callLater(0, () => ran.push('first'));
    reactor.callLater(0, () => ran.push('second'));
    reactor.callLater(0, () => ran.push('third'));
    first.reset(0);
    reactor.iterate();
    expect(ran).toEqual(['second', 'third', 'first']);
  });

  kit.it('C40', 'reset() to the same time moves a timed call behind others with that time', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      const first = reactor.callLater(4, () => ran.push('first'));
      reactor.callLater(4, () => ran.push('second'));
      first.reset(4);
      await delay(reactor, 6);
    });
    expect(ran).toEqual(['second', 'first']);
  });

  kit.it('C40', 'delay() to the same time moves a timed call behind others with that time', async () => {
    const reactor = kit.create();
    const ran: string[] = [];
    await runThrough(reactor, async () => {
      const first = reactor.callLater(4, () => ran.push('first'));
      const second = reactor.callLater(4, () => ran.push('second'));
      // Repeats until both times are equal to the last bit; on a clock that stands still once is enough.
      do first.delay(second.time - first.time);
      while (first.time !== second.time);
      await delay(reactor, 6);
    });
    expect(ran).toEqual(['second', 'first']);
  });
}
