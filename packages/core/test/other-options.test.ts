import { describe, expect, it } from '@jest/globals';
import type { ReactorOptions } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { createReactor, expectIntact, NO_SIGNALS, revoked, unreadable, withGetter, type Case } from './hostile.ts';

describe('C39: callLater() refuses at once options that cannot be used, and leaves nothing behind', () => {
  it.each<Case>([
    ...NO_SIGNALS.map(({ name, make }) => ({ name: `the signal ${name}`, make: () => ({ signal: make() }) })),
    ...['name', 'signal', 'onDrop'].map((key) => ({ name: `a ${key} that throws`, make: () => withGetter(key) })),
    { name: 'an onDrop that is no function', make: () => ({ onDrop: 5 }) },
    { name: 'null', make: () => null },
    { name: 'a revoked proxy', make: revoked },
  ])('$name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.callLater(5, () => undefined, make() as object)).toThrow(); // as: what callers without types pass
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

describe('C24: run() refuses at once what is no AbortSignal', () => {
  it.each<Case>([
    ...NO_SIGNALS.map(({ name, make }) => ({ name, make: () => ({ signal: make() }) })),
    { name: 'one that cannot be read', make: () => withGetter('signal') },
    { name: 'no options: null', make: () => null },
  ])('$name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.run(make() as object)).toThrow(); // as: what callers without types pass
    expect(reactor.state).toBe('idle');
    await expectIntact(reactor, errors);
  });
});

describe('C22: limits', () => {
  it('a limit whose getter throws after the registration neither makes fire() throw nor leaves the event firing', async () => {
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
  it('an onDrop that rejects is reported once, and is no unhandled rejection', async () => {
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

describe('a reactor refuses at once options that cannot be used', () => {
  it.each([
    { name: 'onError is no function', options: { onError: 5 }, message: /onError/ },
    { name: 'maxBatch is a string', options: { maxBatch: '5' }, message: /maxBatch/ },
  ])('$name', ({ options, message }) => {
    expect(() => createReactor(options as unknown as ReactorOptions)).toThrow(TypeError); // as: what callers without types pass
    expect(() => createReactor(options as unknown as ReactorOptions)).toThrow(message); // as: see above
  });
});
