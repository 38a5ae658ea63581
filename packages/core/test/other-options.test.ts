import { describe, expect, it } from '@jest/globals';
import type { ReactorOptions } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { createReactor, expectIntact, NO_SIGNALS, revoked, unreadable, withGetter, type Cases } from './hostile.ts';

describe('C39: a timed call with options that cannot be used is refused at once, and nothing is left', () => {
  const signals: Cases = NO_SIGNALS.map(([what, signal]) => [`the signal ${what}`, () => ({ signal: signal() })]);
  const getters: Cases = ['name', 'signal', 'onDrop'].map((key) => [`a ${key} that throws`, () => withGetter(key)]);
  const others: Cases = [
    ['an onDrop that is no function', () => ({ onDrop: 5 })],
    ['null', () => null],
    ['a revoked proxy', revoked],
  ];

  it.each([...signals, ...getters, ...others])('%s', async (_, options) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.callLater(5, () => undefined, options() as object)).toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it('the options are copied', () => {
    const [reactor] = createReactor();
    const options = { name: 'first' };
    const call = reactor.callLater(5, () => undefined, options);
    options.name = 'second';
    expect(String(call)).toContain('first');
  });
});

describe('C24: a run with a signal that is none is refused at once', () => {
  it.each<Cases[number]>([
    ...NO_SIGNALS.map(([what, signal]) => [what, () => ({ signal: signal() })] as const),
    ['one that cannot be read', () => withGetter('signal')],
    ['no options: null', () => null],
  ])('%s', async (_, options) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.run(options() as object)).toThrow(); // as: what callers without types pass
    expect(reactor.state).toBe('idle');
    await expectIntact(reactor, errors);
  });
});

describe('C22: limits', () => {
  it('a getter of limits that throws later does not make fire() throw, nor leave the event firing', async () => {
    const errors: unknown[] = [];
    let isBroken = false;
    const limits = Object.defineProperty({}, 'during', {
      enumerable: true,
      get: (): unknown => (isBroken ? unreadable() : 5),
    });
    const [reactor] = createReactor({ limits: { job: limits }, onError: (error) => errors.push(error) });
    let after = 0;
    reactor.on('job', { during: () => settled(), after: () => after++ });
    isBroken = true;
    await reactor.fire('job');
    expect([after, reactor.isFiring('job'), errors.length <= 1]).toEqual([1, false, true]);
  });
});

describe('C39: onDrop', () => {
  it('one that rejects is reported once, and is no unhandled rejection', async () => {
    const errors: string[] = [];
    const [reactor] = createReactor({ onError: (_, { kind, name }) => errors.push(`${kind} ${name}`) });
    const onDrop = () => Promise.reject(new Error('x')) as never; // as: types allow no promise
    reactor.callLater(5, () => undefined, { onDrop });
    void reactor.run();
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    await settled();
    expect(errors).toEqual(['timed-call onDrop']);
  });
});

describe('a reactor with options that cannot be used is refused at once', () => {
  it.each([
    { name: 'onError is no function', options: { onError: 5 }, message: /onError/ },
    { name: 'maxBatch is a string', options: { maxBatch: '5' }, message: /maxBatch/ },
  ])('$name', ({ options, message }) => {
    expect(() => createReactor(options as unknown as ReactorOptions)).toThrow(TypeError); // as: what callers without types pass
    expect(() => createReactor(options as unknown as ReactorOptions)).toThrow(message); // as: see above
  });
});
