import { expect, it } from '@jest/globals';
import { every, withTimeout } from '@triphase/core';
import { fakeHost, ManualReactor, type ManualReactorOptions } from '@triphase/testing';

it('C55: the wall clock of a ManualReactor begins at wallStart and moves with its time', async () => {
  const reactor = new ManualReactor();
  expect(reactor.wallNow()).toBe(0);
  reactor.advance(1_500);
  expect(reactor.wallNow()).toBe(1_500);
  const start = Date.UTC(2026, 2, 29);
  const dated = new ManualReactor({ wallStart: start });
  await dated.start();
  dated.advance(250);
  expect(dated.wallNow()).toBe(start + 250);
  await dated.finish();
});

it('C55: random() of a ManualReactor is the same for the same seed, from 0 to below 1, and evenly spread', () => {
  const draw = (options: ManualReactorOptions): number[] => {
    const reactor = new ManualReactor(options);
    return Array.from({ length: 1_000 }, () => reactor.random());
  };
  const numbers = draw({});
  expect(draw({ seed: 1 })).toEqual(numbers);
  expect(draw({ seed: 2 })).not.toEqual(numbers);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  const tenths = new Set(numbers.map((number) => Math.floor(number * 10)));
  expect([tenths.size, new Set(numbers).size]).toEqual([10, 1_000]);
});

it('C4, C55: the option host replaces wallNow() and random()', () => {
  const reactor = new ManualReactor({ host: { wallNow: () => 7, random: () => 0.5 } });
  expect([reactor.wallNow(), reactor.random()]).toEqual([7, 0.5]);
});

it('C55: a fake host has wallNow(), which is its time, and random()', () => {
  const host = fakeHost();
  host.advance(40);
  expect([host.wallNow?.(), host.random?.()]).toEqual([40, fakeHost().random?.()]);
});

it('C68: jitter is repeatable in virtual time', () => {
  const times = (): number[] => {
    const reactor = new ManualReactor({ seed: 3 });
    const seen: number[] = [];
    every(reactor, 100, () => seen.push(reactor.now()), { jitter: 0.5 });
    reactor.advance(1_000);
    return seen;
  };
  expect(times()).toEqual(times());
  expect(times().some((time) => time % 100 > 0)).toBe(true);
});

it('C69: withTimeout() times out in virtual time', async () => {
  const reactor = new ManualReactor();
  const limited = withTimeout(reactor, 60_000, new Promise(() => undefined)).catch((error: unknown) => error);
  await reactor.advanceAsync(60_000);
  expect(await limited).toMatchObject({ code: 'ERR_TRIPHASE_TIMEOUT' });
});

it.each<{ readonly what: string; readonly options: ManualReactorOptions; readonly message: string }>([
  { what: 'a seed that is a text', options: { seed: '1' as never }, message: 'seed is' },
  { what: 'a seed that is NaN', options: { seed: NaN }, message: 'seed is NaN' },
  { what: 'a wallStart that is a date', options: { wallStart: new Date() as never }, message: 'wallStart is' },
])('C55: $what throws', ({ options, message }) => {
  expect(() => new ManualReactor(options)).toThrow(message);
});
