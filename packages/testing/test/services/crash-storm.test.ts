import { describe, expect, it } from '@jest/globals';
import { background, sleep, type BackgroundContext, type RestartOptions } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';
import { causes, create } from './service-bench.ts';

const POLICY = { delay: 1_000, factor: 2, maxDelay: 30_000, jitter: 0.2 } satisfies RestartOptions;
/** A year of virtual milliseconds. */
const YEAR = 365 * 24 * 3_600_000;

/** One failure: its attempt, and the times of the call and of the failure. */
interface Crash {
  readonly attempt: number;
  readonly called: number;
  readonly failed: number;
}

/** A body whose calls fail after `lasts(call)` ms; after `end` failures it runs until it is told to stop. */
function stormy(crashes: Crash[], end: number, lasts: (call: number) => number) {
  return async ({ attempt, clock, stopped }: BackgroundContext): Promise<void> => {
    if (crashes.length === end) return stopped;
    const called = clock.now();
    await sleep(clock, lasts(crashes.length));
    crashes.push({ attempt, called, failed: clock.now() });
    throw new Error(`crash ${String(crashes.length)}`);
  };
}

/** Returns the random numbers of a reactor with this seed, one by one. */
function numbersOf(seed: number): () => number {
  const reactor = new ManualReactor({ seed });
  return () => reactor.random();
}

/** The formula of C59. */
function delayOf(failure: number, random: number): number {
  return Math.min(30_000, 1_000 * 2 ** (failure - 1)) * (1 + 0.2 * (2 * random - 1));
}

describe('a storm of crashes', () => {
  it.each([1, 7, 123_456])(
    'C59, C55: with seed %i each of 50 delays is that of the formula with the next random number',
    async (seed) => {
      const { reactor, errors, lines } = create({ seed });
      const crashes: Crash[] = [];
      const body = stormy(crashes, 50, () => 10);
      reactor.use(background('worker', body, { restart: { ...POLICY, giveUpAfter: Infinity } }));
      await reactor.start();
      await reactor.advanceAsync(2_000_000);
      const random = numbersOf(seed);
      expect(crashes.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      for (const [index, { failed }] of crashes.slice(0, -1).entries()) {
        expect((crashes[index + 1]?.called ?? NaN) - failed).toBeCloseTo(delayOf(index + 1, random()), 6);
      }
      expect(lines.length).toBe(50);
      expect([reactor.state, errors, (await reactor.finish()).errors]).toEqual(['running', [], []]);
    },
  );

  it('C59: the same seed gives the same delays, another seed others', async () => {
    const timesWith = async (seed: number): Promise<number[]> => {
      const { reactor } = create({ seed });
      const crashes: Crash[] = [];
      reactor.use(
        background(
          'worker',
          stormy(crashes, 4, () => 0),
          { restart: POLICY },
        ),
      );
      await reactor.start();
      await reactor.advanceAsync(60_000);
      await reactor.finish();
      return crashes.map(({ called }) => called);
    };
    expect(await timesWith(5)).toEqual(await timesWith(5));
    expect(await timesWith(5)).not.toEqual(await timesWith(6));
  });

  it('C59: failures are counted from one again after healthyAfter, and not a millisecond before', async () => {
    const healthyAfter = 5_000;
    // Every tenth call lasts exactly healthyAfter, the one after it a millisecond less.
    const lasts = (call: number): number => (call % 10 === 9 ? healthyAfter : call % 10 === 0 ? healthyAfter - 1 : 10);
    const { reactor, errors } = create({ seed: 3 });
    const crashes: Crash[] = [];
    const restart = { ...POLICY, healthyAfter, giveUpAfter: 11 };
    reactor.use(background('worker', stormy(crashes, 50, lasts), { restart }));
    await reactor.start();
    await reactor.advanceAsync(2_000_000);
    // Call 9 is the tenth attempt and lasts for healthyAfter: its failure counts as the first, and call 10 is the second attempt.
    const random = numbersOf(3);
    let failures = 0;
    for (const [index, { attempt, failed }] of crashes.entries()) {
      expect([index, attempt]).toEqual([index, failures + 1]);
      failures = lasts(index) >= healthyAfter ? 1 : failures + 1;
      const next = crashes[index + 1];
      if (next !== undefined) expect(next.called - failed).toBeCloseTo(delayOf(failures, random()), 6);
    }
    expect([crashes.length, reactor.state, errors]).toEqual([50, 'running', []]);
    await reactor.finish();
  });

  it.each([1, 2, 5, 50])('C59: giveUpAfter: %i stops the program at that failure', async (giveUpAfter) => {
    const { reactor, errors, lines } = create();
    const crashes: Crash[] = [];
    const body = stormy(crashes, Infinity, () => 1);
    reactor.use(background('worker', body, { restart: { ...POLICY, giveUpAfter } }));
    const ended = reactor.run();
    await reactor.advanceAsync(2_000_000);
    const result = await ended;
    const last = new Error(`crash ${String(giveUpAfter)}`);
    expect([crashes.length, lines.length]).toEqual([giveUpAfter, giveUpAfter - 1]);
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'worker', cause: last });
    expect([errors, causes(result)]).toEqual([[last], [last]]);
  });

  it('C59: giveUpAfter: Infinity restarts for a year, with delays of at most maxDelay and its jitter', async () => {
    const { reactor, errors } = create();
    const crashes: Crash[] = [];
    const restart = { ...POLICY, delay: 3_600_000, maxDelay: 24 * 3_600_000, giveUpAfter: Infinity };
    reactor.use(
      background(
        'worker',
        stormy(crashes, Infinity, () => 1),
        { restart },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(YEAR);
    const gaps = crashes.slice(1).map(({ called }, index) => called - (crashes[index]?.failed ?? NaN));
    // From the sixth on each delay is a day, plus or minus a fifth.
    expect(gaps.length).toBeGreaterThan(300);
    expect(gaps.slice(5).every((gap) => gap >= 0.8 * restart.maxDelay && gap <= 1.2 * restart.maxDelay)).toBe(true);
    expect([reactor.state, errors, reactor.getDelayedCalls().length]).toEqual(['running', [], 1]);
    expect((await reactor.finish()).errors).toEqual([]);
  });
});
