import { describe, expect, it } from '@jest/globals';
import type { TriggerOptions } from '@triphase/core';
import { settled, type HandTurnedReactor } from './hand-turned-reactor.ts';
import { createReactor, expectIntact, NO_SIGNALS, revoked, withGetter, type Case } from './hostile.ts';

/** Options of triggers that cannot be read or used. */
const NO_OPTIONS: readonly Case[] = [
  ...['timeout', 'signal', 'name', 'required'].map((key) => ({
    name: `a ${key} that throws`,
    make: () => withGetter(key),
  })),
  ...NO_SIGNALS.map(({ name, make }) => ({ name: `the signal ${name}`, make: () => ({ signal: make() }) })),
  { name: 'a revoked proxy', make: revoked },
  { name: 'a timeout that is a string', make: () => ({ timeout: '5' }) },
  { name: 'a timeout below 0', make: () => ({ timeout: -1 }) },
  { name: 'a timeout NaN', make: () => ({ timeout: NaN }) },
];

describe('C6: a trigger with options that cannot be used is refused at once, and nothing is registered', () => {
  type Register = (reactor: HandTurnedReactor, options: TriggerOptions) => unknown;
  const nothing = (): void => undefined;

  describe.each<{ readonly name: string; readonly register: Register }>([
    {
      name: 'addSystemEventTrigger',
      register: (reactor, options) => reactor.addSystemEventTrigger('during', 'job', nothing, options),
    },
    { name: 'on', register: (reactor, options) => reactor.on('job', nothing, options) },
    { name: 'once', register: (reactor, options) => reactor.once('job', nothing, options) },
    {
      name: 'on, several phases',
      register: (reactor, options) => reactor.on('job', { before: nothing, after: nothing }, options),
    },
  ])('$name', ({ register }) => {
    it.each(NO_OPTIONS)('$name', async ({ make }) => {
      const [reactor, errors] = createReactor();
      expect(() => register(reactor, make() as TriggerOptions)).toThrow(); // as: what callers without types pass
      await expectIntact(reactor, errors);
    });
  });

  it('an every that throws', async () => {
    const [reactor, errors] = createReactor();
    const options = withGetter('every');
    expect(() => reactor.addSystemEventTrigger('during', 'job', () => undefined, options)).toThrow(RangeError);
    await expectIntact(reactor, errors);
  });

  it.each(NO_SIGNALS.slice(0, 6))('the signal $name throws a TypeError that names the signal', ({ make }) => {
    const [reactor] = createReactor();
    const options = { signal: make() as AbortSignal }; // as: what callers without types pass
    expect(() => reactor.on('job', () => undefined, options)).toThrow(TypeError);
    expect(() => reactor.on('job', () => undefined, options)).toThrow(/signal/);
  });

  it.each<Case>([
    { name: 'a getter that throws', make: () => withGetter('during') },
    { name: 'a revoked proxy', make: revoked },
    { name: 'a second phase that is no function', make: () => ({ before: () => undefined, during: 5 }) },
    { name: 'an unknown phase', make: () => ({ before: () => undefined, later: () => undefined }) },
    { name: 'no phase', make: () => ({}) },
    { name: 'null', make: () => null },
  ])('phases: $name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.on('job', make() as { before(): void })).toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it('required is refused for during, and then before is not registered either', async () => {
    const [reactor, errors] = createReactor();
    const phases = { before: () => undefined, during: () => undefined };
    expect(() => reactor.on('job', phases, { required: true })).toThrow(TypeError);
    expect(() => reactor.once('job', phases, { required: true })).toThrow(TypeError);
    await expectIntact(reactor, errors);
  });

  it('each phase is read once: a later value of its getter has no effect', async () => {
    const [reactor] = createReactor();
    let [reads, calls] = [0, 0];
    const phases: object = Object.defineProperty({}, 'during', {
      enumerable: true,
      get: (): unknown => (++reads === 1 ? (): number => calls++ : 5),
    });
    reactor.on('job', phases);
    await reactor.fire('job');
    expect([reads, calls]).toEqual([1, 1]);
  });
});

describe('C21: the options of a trigger are copied', () => {
  it.each(['addSystemEventTrigger', 'on', 'once'] as const)('%s', async (way) => {
    const names: string[] = [];
    const [reactor] = createReactor({ onError: (_, { name }) => names.push(name) });
    const options = { name: 'first', timeout: 5 };
    const fail = (): never => {
      throw new Error('x');
    };
    if (way === 'addSystemEventTrigger') reactor.addSystemEventTrigger('during', 'job', fail, options);
    else reactor[way]('job', fail, options);
    Object.assign(options, { name: 'second', timeout: '9', every: true, signal: {} });
    await reactor.fire('job');
    expect(names).toEqual(['first']);
    if (way !== 'on') expect((await reactor.fire('job')).counts.during).toBe(0);
  });

  it('each is read once, at the registration', async () => {
    const [reactor] = createReactor();
    const reads: Record<string, number> = {};
    const options = new Proxy(
      { name: 'n', timeout: 5, required: false },
      {
        get(target, key) {
          reads[String(key)] = (reads[String(key)] ?? 0) + 1;
          return Reflect.get(target, key) as unknown;
        },
      },
    );
    reactor.addSystemEventTrigger('before', 'job', () => settled(), options);
    const before = JSON.stringify(reads);
    await reactor.fire('job', undefined, { timings: true });
    expect(JSON.stringify(reads)).toBe(before);
    expect(Object.values(reads).filter((count) => count > 1)).toEqual([]);
  });
});
