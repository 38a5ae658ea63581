import { describe, expect, it } from '@jest/globals';
import { revoked, unreadable, withGetter, type Case } from './hostile.ts';
import { settled } from './hand-turned-reactor.ts';
import { loggingReactor, raise } from './logging-reactor.ts';

/** Values that a program may throw, and that a report can't show. */
const THROWN: readonly Case[] = [
  { name: 'undefined', make: () => undefined },
  { name: 'a Symbol', make: () => Symbol('thrown') },
  { name: 'a null-prototype object', make: () => Object.create(null) as unknown },
  { name: 'a revoked proxy', make: revoked },
  { name: 'a BigInt', make: () => 5n },
  { name: 'an object that has a BigInt', make: () => ({ big: 5n }) },
  { name: 'an object whose toJSON throws', make: () => ({ toJSON: unreadable }) },
  {
    name: 'an object that has itself',
    make: () => {
      const self: Record<string, unknown> = {};
      self['self'] = self;
      return self;
    },
  },
  ...['message', 'stack', 'name', 'cause', 'code'].map((key) => ({
    name: `an error whose ${key} throws`,
    make: () => Object.defineProperty(new Error('x'), key, { get: unreadable }),
  })),
  { name: 'an error whose message is a Symbol', make: () => Object.assign(new Error('x'), { message: Symbol('m') }) },
  {
    name: 'an error whose name is an object',
    make: () => Object.assign(new Error('x'), { name: Object.create(null) as unknown }),
  },
  {
    name: 'an AggregateError whose errors throw',
    make: () => Object.defineProperty(new AggregateError([]), 'errors', { get: unreadable }),
  },
  {
    name: 'an error that is its own cause',
    make: () => {
      const error: Error & { cause?: unknown } = new Error('x');
      error.cause = error;
      return error;
    },
  },
  {
    name: 'a function without a name',
    make: () => Object.defineProperty(() => undefined, 'name', { get: unreadable }),
  },
];

describe.each(THROWN)('thrown: $name', ({ make: thrown }) => {
  it.each(['throws', 'rejects'])(
    'C15: a trigger that %s it is reported once, later phases run, and the report can be read',
    async (way) => {
      const [reactor, lines] = loggingReactor();
      let after = 0;

      const fail = (): unknown => (way === 'throws' ? raise(thrown()) : Promise.reject(thrown()));
      reactor.on('job', { during: fail, after: () => after++ }, { name: 'job' });
      const report = await reactor.fire('job', undefined, { timings: true });
      expect([report.errors.length, after, reactor.isFiring('job')]).toEqual([1, 1, false]);
      expect(lines).toEqual([expect.stringMatching(/^Error in trigger "job" \(job, during\):\n/)]);
      expect(String(report)).toContain('job');
      expect(() => report.throwIfFailed()).toThrow(AggregateError);
      expect(report.errors[0]?.message).toMatch(/^Trigger "job" \(job, during\) failed: /);
    },
  );

  it('C36: a call that throws it is reported once, and the others run', async () => {
    const [reactor, lines] = loggingReactor();
    let ran = 0;
    reactor.callSoon(function queued() {
      raise(thrown());
    });
    reactor.callSoon(() => Promise.reject(thrown()));
    reactor.callLater(0, () => raise(thrown()), { name: 'timed' });
    reactor.callSoon(() => ran++);
    reactor.iterate();
    await settled();
    expect([ran, lines.length]).toEqual([1, 3]);
  });

  it('C26: a start that fails with it rejects with a readable error, and stops what had started', async () => {
    const [reactor, lines] = loggingReactor();
    let stopped = 0;
    reactor.use({ name: 'first', startup: { before: () => undefined }, shutdown: { after: () => stopped++ } });
    reactor.use({ name: 'broken', startup: { during: () => Promise.reject(thrown()) } });
    const ended = reactor.run().catch((error: unknown) => error);
    await settled();
    reactor.pump();
    const error = (await ended) as Error & { result: { toString(): string } }; // as: C26
    expect([error.name, stopped, lines.length, reactor.state]).toEqual(['StartupFailedError', 1, 1, 'stopped']);
    expect(error.message).toMatch(/^The start failed: /);
    expect(String(error.result)).toContain('startup');
  });

  it('C64, C57: report() and waitUntil() report it', async () => {
    const [reactor, lines] = loggingReactor();
    reactor.report(thrown(), { name: 'reported' });
    reactor.waitUntil(Promise.reject(thrown()), { name: 'work' });
    await settled();
    expect(lines.map((line) => line.split('\n')[0])).toEqual(['Error in call "reported":', 'Error in work "work":']);
  });
});

describe('hostile event types', () => {
  const types: readonly Case[] = [
    { name: 'a revoked proxy', make: revoked },
    { name: 'one whose toStringTag throws', make: () => withGetter(Symbol.toStringTag as never) },
    { name: 'a class whose name throws', make: () => Object.defineProperty(class {}, 'name', { get: unreadable }) },
    { name: 'a null-prototype object', make: () => Object.create(null) as unknown },
    { name: 'a Symbol', make: () => Symbol('type') },
    { name: 'NaN', make: () => NaN },
    { name: 'null', make: () => null },
  ];

  it.each(types)('C7, C20: $name is fired, and errors name it', async ({ make }) => {
    const type = make() as string; // as: any value is a type to an untyped reactor
    const [reactor, lines] = loggingReactor({ limits: {} });
    let settle = (): void => undefined;
    reactor.on(type, {
      before: () => raise(new Error('x')),
      during: () =>
        new Promise<void>((resolve) => {
          settle = resolve;
        }),
    });
    const fired = reactor.fire(type, undefined, { timings: true });
    expect(() => reactor.fire(type)).toThrow(/is being fired/);
    expect(reactor.pending().length).toBe(1);
    settle();
    const report = await fired;
    expect([report.errors.length, reactor.isFiring(type), lines.length]).toEqual([1, false, 1]);
    expect(String(report).length).toBeGreaterThan(10);
    expect(() => reactor.on(type, {})).toThrow(TypeError);
    expect(() => reactor.addSystemEventTrigger('later' as 'before', type, () => undefined)).toThrow(/no phase/);
  });

  it.each(types)('C6: $name as the phase throws InvalidPhaseError', ({ make }) => {
    const [reactor] = loggingReactor();
    expect(() => reactor.addSystemEventTrigger(make() as 'before', 'job', () => undefined)).toThrow(
      /There is no phase/,
    );
  });
});

describe('triggers whose names cannot be read', () => {
  const functions: readonly { readonly name: string; readonly make: () => () => unknown }[] = [
    {
      name: 'a revoked proxy',
      make: () => {
        const { proxy, revoke } = Proxy.revocable(() => 1, {});
        revoke();
        return proxy;
      },
    },
    {
      name: 'one whose name throws',
      make: () => Object.defineProperty(() => raise(new Error('x')), 'name', { get: unreadable }),
    },
    {
      name: 'one whose name is an object',
      make: () => Object.defineProperty(() => raise(new Error('x')), 'name', { value: Object.create(null) as unknown }),
    },
  ];

  describe.each([
    { name: 'without an observer', observer: undefined },
    { name: 'with an observer', observer: { trigger: () => undefined } },
  ])('$name', ({ observer }) => {
    describe.each([{ timings: true }, { timings: false }])('with timings: $timings', ({ timings }) => {
      it.each(functions)('C23: $name: each phase runs, and each failed call is reported once', async ({ make }) => {
        const errors: string[] = [];
        const [reactor] = loggingReactor({
          ...(observer && { observer }),
          onError: (_, { name }) => errors.push(name),
        });
        let after = 0;
        const trigger = make();
        reactor.on('job', trigger);
        reactor.once('job', { before: trigger, during: trigger, after: () => after++ });
        reactor.addSystemEventTrigger('during', 'job', trigger);
        const report = await reactor.fire('job', undefined, { timings });
        expect([report.errors.length, errors.length, after, reactor.isFiring('job')]).toEqual([4, 4, 1, false]);
        expect(() => String(report)).not.toThrow();
      });
    });
  });

  it.each(functions)(
    'C27: $name is called by callWhenRunning, callSoon and callLater, and its error reported',
    async ({ make }) => {
      const errors: string[] = [];
      const [reactor] = loggingReactor({ onError: (_, { name }) => errors.push(name) });
      reactor.callWhenRunning(make());
      reactor.callSoon(make());
      reactor.callLater(0, make());
      expect(reactor.pending().length).toBe(2);
      void reactor.run();
      reactor.pump();
      expect([reactor.state, errors.length]).toEqual(['running', 3]);
      const ended = reactor.stop();
      reactor.pump();
      await ended;
    },
  );
});
