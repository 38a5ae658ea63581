import { describe, expect, it } from '@jest/globals';
import { cooperate, every, sleep, ticks, type Clock, type ReactorOptions } from '@triphase/core';
import { createReactor, expectIntact, NO_SIGNALS, revoked, unreadable, withGetter, type Cases } from './hostile.ts';

describe('C44: a task with a signal that is none is refused at once, and nothing is left', () => {
  it.each(NO_SIGNALS)('sleep: %s', async (_, signal) => {
    const [reactor, errors] = createReactor();
    await expect(sleep(reactor, 5, { signal: signal() as AbortSignal })).rejects.toThrow(); // as: see above
    await expectIntact(reactor, errors);
  });

  it.each(NO_SIGNALS)('every: %s', async (_, signal) => {
    const [reactor, errors] = createReactor();
    expect(() => every(reactor, 5, () => undefined, { signal: signal() as AbortSignal })).toThrow(); // as: see above
    await expectIntact(reactor, errors);
  });

  it.each(NO_SIGNALS)('ticks: %s', async (_, signal) => {
    const [reactor, errors] = createReactor();
    expect(() => ticks(reactor, 5, { signal: signal() as AbortSignal })).toThrow(); // as: see above
    await expectIntact(reactor, errors);
  });
});

describe('C45: what is no iterator is refused at once', () => {
  const noIterators: Cases = [
    ['an async generator', async function* () {}],
    ['an async iterator made by hand', () => ({ next: unreadable, [Symbol.asyncIterator]: unreadable })],
    ['a generator function', () => function* () {}],
    ['an array', () => [1, 2]],
    ['null', () => null],
    ['undefined', () => undefined],
    ['a promise', () => Promise.resolve()],
    ['one whose next throws', () => withGetter('next')],
    ['a revoked proxy', revoked],
  ];

  it.each(noIterators)('%s', async (_, iterator) => {
    const [reactor, errors] = createReactor();
    expect(() => cooperate(reactor, iterator() as Iterator<unknown>)).toThrow(); // as: what callers without types pass
    await expectIntact(reactor, errors);
  });

  it('an async generator is told what to use in its place', () => {
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
  ])('one whose steps return $name fails at its first step', async ({ next, what }) => {
    const [reactor, errors] = createReactor();
    let steps = 0;
    const iterator = { next: () => (steps++, next()) };
    const done = cooperate(reactor, iterator as unknown as Iterator<unknown>).whenDone(); // as: see above
    reactor.iterate();
    await expect(done).rejects.toThrow(new TypeError(`next() of a task returned ${what}: use a sync iterator`));
    expect(steps).toBe(1);
    await expectIntact(reactor, errors);
  });
});

describe('C44: wrong arguments of a task are told at once', () => {
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
    expect(() => every(reactor, 5, () => undefined, options as never)).toThrow(TypeError); // as: see above
    expect(() => every(reactor, 5, () => undefined, options as never)).toThrow(message); // as: see above
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
  const NO_LIMITS: Cases = [
    ['null', () => null],
    ['a number', () => 5],
    ['a deadline that throws', () => withGetter('deadline')],
    ['a phase that throws', () => withGetter('after')],
    ['a string', () => ({ deadline: '10000' })],
    ['below 0', () => ({ during: -1 })],
    ['a revoked proxy', revoked],
  ];

  it.each(NO_LIMITS)('of a reactor: %s', (_, limits) => {
    expect(() => createReactor({ limits: { job: limits() } as ReactorOptions['limits'] & object })).toThrow(); // as: see above
  });

  it.each<Cases[number]>([
    ['null', () => null],
    ['a number', () => 5],
    ['a getter that throws', () => withGetter('job')],
    ['a revoked proxy', revoked],
  ])('of all events: %s', (_, limits) => {
    expect(() => createReactor({ limits: limits() as ReactorOptions['limits'] & object })).toThrow(); // as: see above
  });

  it.each(NO_LIMITS)('of a firing: %s', async (_, limits) => {
    const [reactor, errors] = createReactor();
    expect(() => reactor.fire('job', undefined, { limits: limits() as object })).toThrow(); // as: see above
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
