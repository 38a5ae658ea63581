import { describe, expect, it } from '@jest/globals';
import { type ReactorOptions } from '@triphase/core';
import { revoked, unreadable, withGetter } from './hostile.ts';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

/** What may be thrown, and what no report can show of it. */
const THROWN: readonly (readonly [string, () => unknown])[] = [
  ['undefined', () => undefined],
  ['a Symbol', () => Symbol('thrown')],
  ['a null-prototype object', () => Object.create(null) as unknown],
  ['a revoked proxy', revoked],
  ['a BigInt', () => 5n],
  ['an object that has a BigInt', () => ({ big: 5n })],
  ['an object whose toJSON throws', () => ({ toJSON: unreadable })],
  [
    'an object that has itself',
    () => {
      const self: Record<string, unknown> = {};
      self['self'] = self;
      return self;
    },
  ],
  ...['message', 'stack', 'name', 'cause', 'code'].map(
    (key) =>
      [`an error whose ${key} throws`, () => Object.defineProperty(new Error('x'), key, { get: unreadable })] as const,
  ),
  ['an error whose message is a Symbol', () => Object.assign(new Error('x'), { message: Symbol('m') })],
  ['an error whose name is an object', () => Object.assign(new Error('x'), { name: Object.create(null) as unknown })],
  [
    'an AggregateError whose errors throw',
    () => Object.defineProperty(new AggregateError([]), 'errors', { get: unreadable }),
  ],
  [
    'an error that is its own cause',
    () => {
      const error: Error & { cause?: unknown } = new Error('x');
      error.cause = error;
      return error;
    },
  ],
  ['a function without a name', () => Object.defineProperty(() => undefined, 'name', { get: unreadable })],
];

/** A reactor that logs, and what it has logged. */
function loggingReactor(options: ReactorOptions = {}): [HandTurnedReactor, string[]] {
  const lines: string[] = [];
  const add = (text: string): unknown => lines.push(text);
  return [new HandTurnedReactor({ logger: { info: add, warn: add, error: add }, ...options }), lines];
}

const raise = (value: unknown): never => {
  throw value;
};

describe.each(THROWN)('thrown: %s', (_, thrown) => {
  it.each(['throws', 'rejects'])(
    'C15: a trigger that %s it is reported once, later phases run, and all of it can be read',
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

  it('C26: a start that fails with it rejects, stops what had started, and can be read', async () => {
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

  it('C64, C57: report and waitUntil take it', async () => {
    const [reactor, lines] = loggingReactor();
    reactor.report(thrown(), { name: 'reported' });
    reactor.waitUntil(Promise.reject(thrown()), { name: 'work' });
    await settled();
    expect(lines.map((line) => line.split('\n')[0])).toEqual(['Error in call "reported":', 'Error in work "work":']);
  });
});

describe('event types of any sort', () => {
  const types: readonly (readonly [string, () => unknown])[] = [
    ['a revoked proxy', revoked],
    ['one whose toStringTag throws', () => withGetter(Symbol.toStringTag as never)],
    ['a class whose name throws', () => Object.defineProperty(class {}, 'name', { get: unreadable })],
    ['a null-prototype object', () => Object.create(null) as unknown],
    ['a Symbol', () => Symbol('type')],
    ['NaN', () => NaN],
    ['null', () => null],
  ];

  it.each(types)('C7, C20: %s is fired, and named where something is wrong with it', async (_, make) => {
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

  it.each(types)('C6: %s as the phase is an InvalidPhaseError', (_, make) => {
    const [reactor] = loggingReactor();
    expect(() => reactor.addSystemEventTrigger(make() as 'before', 'job', () => undefined)).toThrow(
      /There is no phase/,
    );
  });
});

describe('triggers that cannot be named', () => {
  const functions: readonly (readonly [string, () => () => unknown])[] = [
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable(() => 1, {});
        revoke();
        return proxy;
      },
    ],
    ['one whose name throws', () => Object.defineProperty(() => raise(new Error('x')), 'name', { get: unreadable })],
    [
      'one whose name is an object',
      () => Object.defineProperty(() => raise(new Error('x')), 'name', { value: Object.create(null) as unknown }),
    ],
  ];

  it.each(functions)('C23: %s: each phase runs, and it is reported once', async (_, make) => {
    for (const observer of [undefined, { trigger: () => undefined }]) {
      for (const timings of [true, false]) {
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
      }
    }
  });

  it.each(functions)('C27: %s given to callWhenRunning, callSoon, callLater', async (_, make) => {
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
  });
});

describe('thenables', () => {
  const noop = (): void => undefined;
  type Then = (fulfil: (value?: unknown) => unknown, reject: (error: unknown) => unknown) => unknown;
  const thenables: readonly (readonly [string, Then, number])[] = [
    ['fulfils at once', (fulfil) => fulfil(), 0],
    ['fulfils twice', (fulfil) => [fulfil(), fulfil()], 0],
    ['fulfils, then rejects', (fulfil, reject) => [fulfil(), reject(new Error('late'))], 0],
    ['rejects, then fulfils', (fulfil, reject) => [reject(new Error('x')), fulfil()], 1],
    [
      'fulfils, then throws',
      (fulfil) => {
        fulfil();
        throw new Error('late');
      },
      0,
    ],
    ['throws', () => raise(new Error('x')), 1],
    ['fulfils later, twice', (fulfil) => queueMicrotask(() => [fulfil(), fulfil()]), 0],
    ['rejects later, and fulfils', (fulfil, reject) => queueMicrotask(() => [reject(new Error('x')), fulfil()]), 1],
    ['fulfils with a thenable', (fulfil) => fulfil({ then: noop }), 0],
    ['returns a promise that rejects', (fulfil) => (fulfil(), Promise.reject(new Error('own')).catch(noop)), 0],
  ];

  it.each(thenables)('C13: one that %s settles its trigger once', async (_, then, failures) => {
    const steps: string[] = [];
    const errors: unknown[] = [];
    const [reactor] = loggingReactor({
      observer: { trigger: (step, { outcome = '' }) => steps.push(`${step} ${outcome}`) },
      onError: (error) => errors.push(error),
    });
    let after = 0;
    reactor.on('job', { during: () => ({ then }), after: () => after++ });
    const report = await reactor.fire('job', undefined, { timings: true });
    await settled();
    expect([report.errors.length, errors.length, after, reactor.isFiring('job')]).toEqual([
      failures,
      failures,
      1,
      false,
    ]);
    expect(steps.filter((step) => /done|failed/.test(step)).length).toBe(2);
  });

  it('C13: one that settles after its limit changes nothing', async () => {
    const errors: unknown[] = [];
    const [reactor] = loggingReactor({ onError: (error) => errors.push(error) });
    let settle: ((error: Error) => void)[] = [];
    const late = (): unknown => ({
      then: (fulfil: () => void, reject: (error: Error) => void) => {
        settle = [fulfil, reject];
      },
    });
    reactor.on('job', late, { timeout: 5 });
    const fired = reactor.fire('job');
    reactor.advance(5);
    reactor.iterate();
    const report = await fired;
    for (const each of settle) each(new Error('late'));
    await settled();
    expect([report.errors.length, report.abandoned.length, errors.length]).toEqual([1, 1, 1]);
  });
});

describe('observers, loggers and onError', () => {
  const drive = async (options: ReactorOptions): Promise<[HandTurnedReactor, number]> => {
    const reactor = new HandTurnedReactor({ ...options, host: { console: { info() {}, warn() {}, error() {} } } });
    let phases = 0;
    const count = (): unknown => phases++;
    reactor.on('job', { before: count, during: () => settled().then(count), after: count });
    reactor.on('job', () => raise(new Error('x')));
    reactor.callSoon(() => raise(new Error('x')));
    void reactor.run();
    reactor.pump();
    await reactor.fire('job', undefined, { timings: true });
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    return [reactor, phases];
  };
  const broken: readonly (readonly [string, () => unknown])[] = [
    ['throws', unreadable],
    ['throws undefined', () => raise(undefined)],
    ['rejects', () => Promise.reject(new Error('x'))],
    ['returns a thenable that cannot be read', () => withGetter('then')],
    ['returns a revoked proxy', revoked],
  ];

  it.each(broken)('C48: an onError that %s stops nothing', async (_, onError) => {
    const [reactor, phases] = await drive({ onError: onError }); // as: types allow no promise
    expect([reactor.state, phases, reactor.stats().errors]).toEqual(['stopped', 3, 2]);
  });

  it.each(broken)('C48: a logger that %s stops nothing', async (_, fn) => {
    const error = fn; // as: see above
    const [reactor, phases] = await drive({ logger: { info: error, warn: error, error } });
    expect([reactor.state, phases]).toEqual(['stopped', 3]);
  });

  it('C48: a logger whose methods cannot be read stops nothing', async () => {
    const logger = withGetter('error') as Required<ReactorOptions>['logger']; // as: what callers without types pass
    const [reactor, phases] = await drive({ logger });
    expect([reactor.state, phases]).toEqual(['stopped', 3]);
  });

  it.each(['turn', 'call', 'firing', 'phase', 'trigger'])(
    'C46: an observer whose %s throws is reported once',
    async (method) => {
      const heard: string[] = [];
      const [reactor, phases] = await drive({
        observer: { [method]: unreadable },
        onError: (_, { kind }) => heard.push(kind),
      });
      expect([reactor.state, phases, heard.filter((kind) => kind === 'observer').length]).toEqual(['stopped', 3, 1]);
    },
  );

  it.each(['turn', 'call', 'firing', 'phase', 'trigger'])(
    'C46: an observer whose %s fires, stops and escalates does no harm',
    async (method) => {
      const heard: unknown[] = [];
      let depth = 0;
      const observer = {
        [method]: () => {
          if (depth++ > 0) return;
          void reactor.fire('job', undefined, { whenFiring: 'again' });
          reactor.callSoon(() => undefined);
          void reactor.stop();
          reactor.escalate();
        },
      };
      let phases = 0;
      const reactor: HandTurnedReactor = new HandTurnedReactor({ observer, onError: (error) => heard.push(error) });
      reactor.on('job', { before: () => phases++, after: () => phases++ });
      reactor.on('startup', () => undefined);
      const ended = reactor.run();
      reactor.callSoon(() => undefined);
      reactor.pump();
      await settled();
      reactor.pump();
      await ended;
      await settled();
      expect([reactor.state, reactor.isFiring('job'), heard]).toEqual(['stopped', false, []]);
    },
  );

  it.each(['fire', 'again', 'stop', 'escalate', 'crash'] as const)(
    'C48: an onError that fires, stops and crashes does no harm (%s)',
    async (act) => {
      let calls = 0;
      const reactor: HandTurnedReactor = new HandTurnedReactor({
        onError: () => {
          calls++;
          if (act === 'fire') void reactor.fire('other');
          else if (act === 'again') void (calls < 3 && reactor.fire('job', undefined, { whenFiring: 'again' }));
          else void reactor[act]();
        },
      });
      let after = 0;
      reactor.on('job', { before: () => raise(new Error('x')), after: () => after++ });
      const ended = reactor.run();
      reactor.pump();
      const report = await reactor.fire('job');
      await settled();
      expect([act, report.errors.length, reactor.isFiring('job')]).toEqual([act, 1, false]);
      // The end of the run abandons the firing (C30).
      expect(after).toBe({ fire: 1, again: 3, stop: 1, escalate: 0, crash: 0 }[act]);
      if (reactor.state === 'running') void reactor.stop();
      reactor.pump();
      await settled();
      await ended;
    },
  );
});
