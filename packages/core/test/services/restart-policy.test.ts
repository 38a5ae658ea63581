import { describe, expect, it } from '@jest/globals';
import { background, resource, type RestartOptions } from '@triphase/core';
import { delayAfter, takeRestart } from '../../src/services/restart-policy.ts';

/** What callers without types pass. */
function untyped(options: unknown): RestartOptions {
  return options as RestartOptions;
}

describe('restart policies', () => {
  it('C59: true means the defaults', () => {
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

  it('C59: the delay stays a number after thousands of failures', () => {
    const none = takeRestart({ delay: 0, giveUpAfter: Infinity }, 'restart');
    const capped = takeRestart({ giveUpAfter: Infinity, jitter: 0 }, 'restart');
    expect([delayAfter(none!, 5_000, 0.9), delayAfter(capped!, 5_000, 0.9)]).toEqual([0, 30_000]);
  });

  it('C59: a delay above 30 s raises the default of maxDelay', () => {
    expect(takeRestart({ delay: 45_000 }, 'restart')?.maxDelay).toBe(45_000);
  });

  it.each<{ readonly name: string; readonly options: unknown; readonly message: RegExp }>([
    {
      name: 'maxDelay',
      options: { delay: 100, maxDelay: 99 },
      message: /maxDelay is 99: give at least the delay \(100 ms\)/,
    },
    { name: 'factor', options: { factor: 0.9 }, message: /factor is 0.9: give 1 or more/ },
    { name: 'factor', options: { factor: NaN }, message: /factor is NaN/ },
    { name: 'factor', options: { factor: Infinity }, message: /factor is Infinity: give 1 or more/ },
    { name: 'maxDelay', options: { maxDelay: -1 }, message: /maxDelay is a number of milliseconds, 0 or more, got -1/ },
    { name: 'jitter', options: { jitter: 1.1 }, message: /jitter is 1.1: give a fraction from 0 to 1/ },
    { name: 'jitter', options: { jitter: -0.1 }, message: /jitter is -0.1/ },
    {
      name: 'giveUpAfter',
      options: { giveUpAfter: 0 },
      message: /giveUpAfter is 0: give a whole number from 1 on, or Infinity/,
    },
    { name: 'giveUpAfter', options: { giveUpAfter: 1.5 }, message: /giveUpAfter is 1.5/ },
    { name: 'delay', options: { delay: -1 }, message: /delay is a number of milliseconds, 0 or more, got -1/ },
    { name: 'delay', options: { delay: Infinity }, message: /delay is Infinity: give a finite number/ },
    {
      name: 'healthyAfter',
      options: { healthyAfter: NaN },
      message: /healthyAfter is a number of milliseconds, 0 or more, got NaN/,
    },
  ])('C59: $name that cannot work is refused: $options', ({ options, message }) => {
    const restart = untyped(options);
    const makeWorker = (): unknown => background('worker', () => undefined, { restart });
    const makeResource = (): unknown => resource('db', () => 1, undefined, { restart });
    const makeWithRetry = (): unknown => resource('db', () => 1, undefined, { retry: restart });
    expect(makeWorker).toThrow(RangeError);
    expect(makeWorker).toThrow(message);
    expect(makeResource).toThrow(RangeError);
    expect(makeResource).toThrow(message);
    expect(makeWithRetry).toThrow(RangeError);
    expect(makeWithRetry).toThrow(message);
  });

  it.each<{ readonly restart: unknown; readonly message: RegExp }>([
    {
      restart: { maxdelay: 5 },
      message: /restart of service "worker" has no option "maxdelay": did you mean "maxDelay"\?/,
    },
    { restart: { retries: 5 }, message: /has no option "retries": it has delay, factor/ },
    { restart: { delay: '5' }, message: /delay is a number of milliseconds, 0 or more, got the string '5'/ },
    { restart: { factor: '2' }, message: /factor is the string '2'/ },
    { restart: { factor: Symbol('two') }, message: /factor is the symbol 'Symbol\(two\)': give 1 or more/ },
    { restart: { giveUpAfter: null }, message: /giveUpAfter is null/ },
    { restart: { dependants: 1 }, message: /dependants is 1: give true or false/ },
    { restart: 'yes', message: /restart of service "worker" is the string 'yes': give true, or an object/ },
    { restart: null, message: /is null: give true/ },
    { restart: 3, message: /is 3: give true/ },
  ])('C59: a wrong type or an unknown key is refused: $restart', ({ restart, message }) => {
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
