import { every } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { runThrough } from '../running.ts';
import { codeOf } from '../thrown.ts';
import { HOUR, atLeast } from '../time.ts';

/** The options `jitter` and `timeout` of `every`: C68. */
export function runTimes(kit: Kit): void {
  const { expect } = kit;

  kit.it('C68', 'jitter delays a run of every() by a random part of the interval, and the grid stays', async () => {
    const reactor = kit.create({ host: { random: () => 0.5 } });
    const times: number[] = [];
    const enough = deferred();
    let begun = 0;
    await runThrough(reactor, async () => {
      begun = reactor.now();
      const loop = every(
        reactor,
        8,
        () => {
          if (times.push(reactor.now()) === 2) enough.resolve();
        },
        { jitter: 0.5 },
      );
      await enough.promise;
      loop.stop();
    });
    // The slots are at 8 and 16 ms or later. The jitter is at most 4 ms; the random number 0.5 makes it 2 ms, so that the runs come at 10
    // and 18 ms or later.
    expect(atLeast((times[0] ?? 0) - begun, 10)).toBe(true);
    expect(atLeast((times[1] ?? 0) - begun, 18)).toBe(true);
  });

  kit.it('C68', 'jitter does not delay the first run of every() with { now: true }', async () => {
    const reactor = kit.create({ host: { random: () => 0.5 } });
    const called = deferred<number>();
    let delay = Infinity;
    await runThrough(reactor, async () => {
      const begun = reactor.now();
      const loop = every(reactor, HOUR, () => called.resolve(reactor.now()), { now: true, jitter: 1 });
      delay = (await called.promise) - begun;
      loop.stop();
    });
    // With jitter the run would come after half an hour: virtual time gets there at once.
    expect(atLeast(delay, HOUR / 2)).toBe(false);
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  kit.it(
    'C68',
    'when a run of every() exceeds its timeout it is reported, its signal aborts, and the loop goes on',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const aborted: boolean[] = [];
      const again = deferred();
      let runsMade = 0;
      await runThrough(reactor, async () => {
        const loop = every(
          reactor,
          2,
          ({ signal }) => {
            if (++runsMade === 2) again.resolve();
            if (runsMade > 1) return undefined;
            signal.addEventListener('abort', () => aborted.push(signal.aborted));
            return deferred().promise;
          },
          { timeout: 5, name: 'save' },
        );
        await again.promise;
        loop.stop();
      });
      expect([record.errors.map(codeOf), aborted]).toEqual([['ERR_TRIPHASE_TIMEOUT'], [true]]);
    },
  );
}
