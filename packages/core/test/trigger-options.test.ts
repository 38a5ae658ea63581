import { describe, expect, it } from '@jest/globals';
import type { TriggerOptions } from '@triphase/core';
import type { HandTurnedReactor } from './hand-turned-reactor.ts';
import { settled } from './hand-turned-reactor.ts';
import { createReactor, expectIntact, NO_SIGNALS, revoked, withGetter, type Cases } from './hostile.ts';

/** Options of triggers that cannot be read or used. */
const NO_OPTIONS: Cases = [
  ...['timeout', 'signal', 'name', 'required'].map((key) => [`a ${key} that throws`, () => withGetter(key)] as const),
  ...NO_SIGNALS.map(([what, signal]) => [`the signal ${what}`, () => ({ signal: signal() })] as const),
  ['a revoked proxy', revoked],
  ['a timeout that is a string', () => ({ timeout: '5' })],
  ['a timeout below 0', () => ({ timeout: -1 })],
  ['a timeout NaN', () => ({ timeout: NaN })],
];

describe('C6: a trigger with options that cannot be used is refused at once, and nothing is registered', () => {
  const ways: readonly (readonly [string, (reactor: HandTurnedReactor, options: TriggerOptions) => unknown])[] = [
    [
      'addSystemEventTrigger',
      (reactor, options) => reactor.addSystemEventTrigger('during', 'job', () => undefined, options),
    ],
    ['on', (reactor, options) => reactor.on('job', () => undefined, options)],
    ['once', (reactor, options) => reactor.once('job', () => undefined, options)],
    [
      'on, several phases',
      (reactor, options) => reactor.on('job', { before: () => undefined, after: () => undefined }, options),
    ],
  ];

  describe.each(ways)('%s', (_, register) => {
    it.each(NO_OPTIONS)('%s', async (_, options) => {
      const [reactor, errors] = createReactor();
      expect(() => register(reactor, options() as TriggerOptions)).toThrow(); // as: what callers without types pass
      await expectIntact(reactor, errors);
    });
  });

  it('every that throws', async () => {
    const [reactor, errors] = createReactor();
    const options = withGetter('every');
    expect(() => reactor.addSystemEventTrigger('during', 'job', () => undefined, options)).toThrow(RangeError);
    await expectIntact(reactor, errors);
  });

  it.each(NO_SIGNALS.slice(0, 6))('the signal %s is a TypeError that says so', (_, signal) => {
    const [reactor] = createReactor();
    const options = { signal: signal() as AbortSignal }; // as: what callers without types pass
    expect(() => reactor.on('job', () => undefined, options)).toThrow(TypeError);
    expect(() => reactor.on('job', () => undefined, options)).toThrow(/signal/);
  });

  it.each<Cases[number]>([
    ['a getter that throws', () => withGetter('during')],
    ['a revoked proxy', revoked],
    ['a second phase that is no function', () => ({ before: () => undefined, during: 5 })],
    ['an unknown phase', () => ({ before: () => undefined, later: () => undefined })],
    ['no phase', () => ({})],
    ['null', () => null],
  ])('phases: %s', async (_, phases) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.on('job', phases() as { before(): void })).toThrow(); // as: see above
    await expectIntact(reactor, errors);
  });

  it('a second phase that may not be required takes the first one out again', async () => {
    const [reactor, errors] = createReactor();
    const phases = { before: () => undefined, during: () => undefined };
    expect(() => reactor.on('job', phases, { required: true })).toThrow(TypeError);
    expect(() => reactor.once('job', phases, { required: true })).toThrow(TypeError);
    await expectIntact(reactor, errors);
  });

  it('phases are read once: what a getter says later does not count', async () => {
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
