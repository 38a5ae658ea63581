import { describe, expect, it } from '@jest/globals';
import { cooperate, every, sleep, ticks, type Clock, type ReactorOptions } from '@triphase/core';
import { createReactor, expectIntact, NO_SIGNALS, revoked, unreadable, withGetter, type Case } from './hostile.ts';

describe('C44: a task refuses at once what is no AbortSignal, and leaves nothing behind', () => {
  it.each(NO_SIGNALS)('sleep: $name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    await expect(sleep(reactor, 5, { signal: make() as AbortSignal })).rejects.toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it.each(NO_SIGNALS)('every: $name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => every(reactor, 5, () => undefined, { signal: make() as AbortSignal })).toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it.each(NO_SIGNALS)('ticks: $name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => ticks(reactor, 5, { signal: make() as AbortSignal })).toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });
});

describe('C45: cooperate() refuses at once what is no iterator', () => {
  const noIterators: readonly Case[] = [
    { name: 'an async generator', make: async function* () {} },
    { name: 'an async iterator made by hand', make: () => ({ next: unreadable, [Symbol.asyncIterator]: unreadable }) },
    { name: 'a generator function', make: () => function* () {} },
    { name: 'an array', make: () => [1, 2] },
    { name: 'null', make: () => null },
    { name: 'undefined', make: () => undefined },
    { name: 'a promise', make: () => Promise.resolve() },
    { name: 'one whose next throws', make: () => withGetter('next') },
    { name: 'a revoked proxy', make: revoked },
  ];

  it.each(noIterators)('$name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => cooperate(reactor, make() as Iterator<unknown>)).toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it('the error for an async generator says what to use instead', () => {
    const [reactor] = createReactor();
    const endless = async function* (): AsyncGenerator<number> {
      for (;;) yield 1;
    };
    // as: what callers without types pass
    expect(() => cooperate(reactor, endless() as unknown as Iterator<unknown>)).toThrow(
      new TypeError(
        'cooperate() got an async iterator: use function* instead of async function*, and yield the promises it awaits',
      ),
    );
  });

  it.each([
    { name: 'a promise', next: () => Promise.resolve({ done: false, value: 1 }), what: 'a promise' },
    { name: 'a promise that rejects', next: () => Promise.reject(new Error('x')), what: 'a promise' },
    { name: 'no object', next: () => 5, what: 'no object' },
    { name: 'nothing', next: () => undefined, what: 'no object' },
  ])('an iterator whose steps return $name fails at its first step', async ({ next, what }) => {
    const [reactor, errors] = createReactor();
    let steps = 0;
    const iterator = { next: () => (steps++, next()) };
    const done = cooperate(reactor, iterator as unknown as Iterator<unknown>).whenDone(); // as: what callers without types pass
    reactor.iterate();
    await expect(done).rejects.toThrow(new TypeError(`next() of a task returned ${what}: use a sync iterator`));
    expect(steps).toBe(1);
    await expectIntact(reactor, errors);
  });
});

describe('C44: a task refuses wrong arguments at once', () => {
  it.each([undefined, null, 5, {}])('the clock %p', async (clock) => {
    const none = clock as Clock; // as: what callers without types pass
    const message = /needs a clock as its first argument: pass the reactor$/;
    expect(() => every(none, 5, () => undefined)).toThrow(message);
    expect(() => ticks(none, 5)).toThrow(message);
    expect(() => cooperate(none, [].values())).toThrow(message);
    await expect(sleep(none, 5)).rejects.toThrow(message);
  });

  it.each([
    { name: 'a name that is none', options: { name: Symbol('loop') }, message: /name of a loop/ },
    { name: 'onError', options: { onError: 'Stop' }, message: /'continue' or 'stop'/ },
  ])('every: $name', async ({ options, message }) => {
    const [reactor, errors] = createReactor();
    expect(() => every(reactor, 5, () => undefined, options as never)).toThrow(TypeError); // as: what callers without types pass
    expect(() => every(reactor, 5, () => undefined, options as never)).toThrow(message); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it.each(['now', 'onError', 'name', 'signal', 'hold'])('every: a %s that throws', async (key) => {
    const [reactor, errors] = createReactor();
    expect(() => every(reactor, 5, () => undefined, withGetter(key))).toThrow(RangeError);
    await expectIntact(reactor, errors);
  });

  it('a signal whose removeEventListener throws, or whose reason cannot be read, does no harm', async () => {
    const [reactor, errors] = createReactor();
    const listeners: (() => void)[] = [];
    const signal = Object.defineProperty(
      {
        aborted: false,
        addEventListener: (_: 'abort', listener: () => void) => listeners.push(listener),
        removeEventListener: unreadable,
      },
      'reason',
      { get: unreadable },
    ) as unknown as AbortSignal; // as: all that is read of it
    const loop = every(reactor, 5, () => undefined, { signal });
    const over = sleep(reactor, 5, { signal });
    reactor.advance(5);
    reactor.iterate();
    await over;
    const aborted = sleep(reactor, 5, { signal }).catch((reason: unknown) => reason);
    for (const listener of listeners) listener();
    expect([await aborted, loop.active]).toEqual([undefined, false]);
    await expectIntact(reactor, errors);
  });
});

describe('C22: limits that cannot be used are refused at once', () => {
  const NO_LIMITS: readonly Case[] = [
    { name: 'null', make: () => null },
    { name: 'a number', make: () => 5 },
    { name: 'a deadline that throws', make: () => withGetter('deadline') },
    { name: 'a phase that throws', make: () => withGetter('after') },
    { name: 'a string', make: () => ({ deadline: '10000' }) },
    { name: 'below 0', make: () => ({ during: -1 }) },
    { name: 'a revoked proxy', make: revoked },
  ];

  it.each(NO_LIMITS)('of a reactor: $name', ({ make }) => {
    expect(() => createReactor({ limits: { job: make() } as ReactorOptions['limits'] & object })).toThrow(); // as: what callers without types pass
  });

  it.each<Case>([
    { name: 'null', make: () => null },
    { name: 'a number', make: () => 5 },
    { name: 'a getter that throws', make: () => withGetter('job') },
    { name: 'a revoked proxy', make: revoked },
  ])('of all events: $name', ({ make }) => {
    expect(() => createReactor({ limits: make() as ReactorOptions['limits'] & object })).toThrow(); // as: what callers without types pass
  });

  it.each(NO_LIMITS)('of a firing: $name', async ({ make }) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.fire('job', undefined, { limits: make() as object })).toThrow(); // as: what callers without types pass
    expect(reactor.isFiring('job')).toBe(false);
    await expectIntact(reactor, errors);
  });

  it.each(['limits', 'timings'])('of a firing: a %s that cannot be read', async (key) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.fire('job', undefined, withGetter(key))).toThrow(RangeError);
    expect(reactor.isFiring('job')).toBe(false);
    await expectIntact(reactor, errors);
  });
});
