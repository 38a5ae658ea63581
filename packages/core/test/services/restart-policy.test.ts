import { describe, expect, it } from '@jest/globals';
import { background, resource, type RestartOptions } from '@triphase/core';
import { delayAfter, takeRestart } from '../../src/services/restart-policy.ts';

/** What callers without types pass. */
function untyped(options: unknown): RestartOptions {
  return options as RestartOptions;
}

describe('restart policies', () => {
  it('C59: true stands for the defaults', () => {
    const policy = { delay: 1_000, factor: 2, maxDelay: 30_000, jitter: 0.2, giveUpAfter: 5, healthyAfter: 60_000 };
    expect(takeRestart(true, 'restart')).toEqual({ ...policy, dependants: false });
    expect(takeRestart({}, 'restart')).toEqual(takeRestart(true, 'restart'));
    expect([takeRestart(false, 'restart'), takeRestart(undefined, 'restart')]).toEqual([undefined, undefined]);
  });

  it('C59: delay n is min(maxDelay, delay * factor ** (n - 1)) * (1 + jitter * (2 * random - 1))', () => {
    const policy = takeRestart({ delay: 100, factor: 3, maxDelay: 1_000, jitter: 0.5 }, 'restart');
    const delays = [1, 2, 3, 4].map((n) => [0, 0.5, 0.75].map((random) => delayAfter(policy!, n, random)));
    expect(delays).toEqual([
      [50, 100, 125],
      [150, 300, 375],
      [450, 900, 1_125],
      [500, 1_000, 1_250],
    ]);
  });

  it('C59: no failure is too many for the delay', () => {
    const none = takeRestart({ delay: 0, giveUpAfter: Infinity }, 'restart');
    const capped = takeRestart({ giveUpAfter: Infinity, jitter: 0 }, 'restart');
    expect([delayAfter(none!, 5_000, 0.9), delayAfter(capped!, 5_000, 0.9)]).toEqual([0, 30_000]);
  });

  it('C59: a delay above 30 s raises the default of maxDelay', () => {
    expect(takeRestart({ delay: 45_000 }, 'restart')?.maxDelay).toBe(45_000);
  });

  it.each<[string, unknown, RegExp]>([
    ['maxDelay', { delay: 100, maxDelay: 99 }, /maxDelay is 99: give at least the delay \(100 ms\)/],
    ['factor', { factor: 0.9 }, /factor is 0.9: give 1 or more/],
    ['factor', { factor: NaN }, /factor is NaN/],
    ['factor', { factor: Infinity }, /factor is Infinity: give 1 or more/],
    ['maxDelay', { maxDelay: -1 }, /maxDelay is a number of milliseconds, 0 or more, got -1/],
    ['jitter', { jitter: 1.1 }, /jitter is 1.1: give a fraction from 0 to 1/],
    ['jitter', { jitter: -0.1 }, /jitter is -0.1/],
    ['giveUpAfter', { giveUpAfter: 0 }, /giveUpAfter is 0: give a whole number from 1 on, or Infinity/],
    ['giveUpAfter', { giveUpAfter: 1.5 }, /giveUpAfter is 1.5/],
    ['delay', { delay: -1 }, /delay is a number of milliseconds, 0 or more, got -1/],
    ['delay', { delay: Infinity }, /delay is Infinity: give a finite number/],
    ['healthyAfter', { healthyAfter: NaN }, /healthyAfter is a number of milliseconds, 0 or more, got NaN/],
  ])('C59: %s that cannot work is refused: %j', (_, options, message) => {
    for (const make of [
      () => background('worker', () => undefined, { restart: untyped(options) }),
      () => resource('db', () => 1, undefined, { restart: untyped(options) }),
      () => resource('db', () => 1, undefined, { retry: untyped(options) }),
    ]) {
      expect(make).toThrow(RangeError);
      expect(make).toThrow(message);
    }
  });

  it.each<[unknown, RegExp]>([
    [{ maxdelay: 5 }, /restart of service "worker" has no option "maxdelay": did you mean "maxDelay"\?/],
    [{ retries: 5 }, /has no option "retries": it has delay, factor/],
    [{ delay: '5' }, /delay is a number of milliseconds, 0 or more, got the string '5'/],
    [{ factor: '2' }, /factor is the string '2'/],
    [{ factor: Symbol('two') }, /factor is the symbol 'Symbol\(two\)': give 1 or more/],
    [{ giveUpAfter: null }, /giveUpAfter is null/],
    [{ dependants: 1 }, /dependants is 1: give true or false/],
    ['yes', /restart of service "worker" is the string 'yes': give true, or an object/],
    [null, /is null: give true/],
    [3, /is 3: give true/],
  ])('C59: what has the wrong type or an unknown key is refused: %j', (restart, message) => {
    const make = (): unknown => background('worker', () => undefined, { restart: untyped(restart) });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it('C59: each option is read once', () => {
    const reads: string[] = [];
    const options: RestartOptions = new Proxy<RestartOptions>(
      { delay: 5, maxDelay: 10 },
      {
        get: (target, key) => {
          reads.push(String(key));
          return target[key as keyof RestartOptions];
        },
      },
    );
    takeRestart(options, 'restart');
    expect(reads.sort()).toEqual([...new Set(reads)].sort());
  });
});
