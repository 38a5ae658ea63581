import { describe, expect, it } from '@jest/globals';
import { InvalidPhaseError, ThreePhaseEvent, every, resource, sleep, ticks, type ReactorOptions } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';
import { createReactor, expectIntact } from './hostile.ts';

const nothing = (): void => undefined;

/** What is misspelt, the call that makes the mistake, and the message that names the nearest known key. */
type Mistakes = readonly (readonly [string, (reactor: HandTurnedReactor) => unknown, string])[];

// `as never`: what callers without types pass.
const UNKNOWN_KEYS: Mistakes = [
  [
    'a reactor',
    () => createReactor({ onErorr: nothing } as never),
    'HandTurnedReactor has no option "onErorr": did you mean "onError"?',
  ],
  [
    'a limit of a reactor',
    () => createReactor({ limits: { shutdown: { deadLine: 1 } } } as never),
    'limits.shutdown has no option "deadLine": did you mean "deadline"?',
  ],
  [
    'run',
    (reactor) => reactor.run({ signals: undefined } as never),
    'run() has no option "signals": did you mean "signal"?',
  ],
  [
    'a trigger',
    (reactor) => reactor.addSystemEventTrigger('during', 'job', nothing, { timeOut: 5 } as never),
    'A trigger has no option "timeOut": did you mean "timeout"?',
  ],
  [
    'on',
    (reactor) => reactor.on('job', nothing, { requird: true } as never),
    'A trigger of on() or once() has no option "requird": did you mean "required"?',
  ],
  [
    'once',
    (reactor) => reactor.once('job', { during: nothing }, { nam: 'x' } as never),
    'A trigger of on() or once() has no option "nam": did you mean "name"?',
  ],
  [
    'on, every',
    (reactor) => reactor.on('job', nothing, { every: false } as never),
    'A trigger of on() or once() has no option "every": it has name, timeout, signal, required',
  ],
  [
    'fire',
    (reactor) => reactor.fire('job', undefined, { whenfiring: 'again' } as never),
    'fire() has no option "whenfiring": did you mean "whenFiring"?',
  ],
  [
    'fireSystemEvent',
    (reactor) => reactor.fireSystemEvent('job', undefined, { timing: true } as never),
    'fire() has no option "timing": did you mean "timings"?',
  ],
  [
    'a limit of a firing',
    (reactor) => reactor.fire('job', undefined, { limits: { durng: 5 } } as never),
    'limits has no option "durng": did you mean "during"?',
  ],
  [
    'callLater',
    (reactor) => reactor.callLater(5, nothing, { onDropped: nothing } as never),
    'callLater() has no option "onDropped": did you mean "onDrop"?',
  ],
  [
    'callSoon',
    (reactor) => reactor.callSoon(nothing, { contxt: true } as never),
    'callSoon() has no option "contxt": did you mean "context"?',
  ],
  [
    'waitUntil',
    (reactor) => reactor.waitUntil(Promise.resolve(), { naem: 'x' } as never),
    'waitUntil() has no option "naem": did you mean "name"?',
  ],
  [
    'every',
    (reactor) => every(reactor, 5, nothing, { onerror: 'stop' } as never),
    'every() has no option "onerror": did you mean "onError"?',
  ],
  [
    'ticks',
    (reactor) => ticks(reactor, 5, { noow: true } as never),
    'ticks() has no option "noow": did you mean "now"?',
  ],
  [
    'ticks, an option of every',
    (reactor) => ticks(reactor, 5, { onError: 'stop' } as never),
    'ticks() has no option "onError": it has now, signal',
  ],
  [
    'sleep',
    (reactor) => sleep(reactor, 5, { singal: undefined } as never),
    'sleep() has no option "singal": did you mean "signal"?',
  ],
  [
    'resource',
    () => resource('db', nothing, nothing, { need: [] } as never),
    'The resource "db" has no option "need": did you mean "needs"?',
  ],
  [
    'an event',
    () => new ThreePhaseEvent('job', { limit: {} } as never),
    'ThreePhaseEvent has no option "limit": did you mean "limits"?',
  ],
  [
    'a limit of an event',
    (clock) => new ThreePhaseEvent('job', { clock, limits: { befor: 1 } } as never),
    'limits has no option "befor": did you mean "before"?',
  ],
  [
    'a trigger of an event',
    () => new ThreePhaseEvent('job').addTrigger('during', nothing, { evry: true } as never),
    'A trigger has no option "evry": did you mean "every"?',
  ],
  [
    'a firing of an event',
    () => new ThreePhaseEvent('job').fire(undefined, { whenFirin: 'again' } as never),
    'fire() has no option "whenFirin": did you mean "whenFiring"?',
  ],
];

const PHASES: Mistakes = [
  [
    'on',
    (reactor) => reactor.on('job', { befor: nothing } as never),
    'There is no phase "befor": did you mean "before"?',
  ],
  [
    'once',
    (reactor) => reactor.once('job', { during: nothing, affter: nothing } as never),
    'There is no phase "affter": did you mean "after"?',
  ],
  [
    'addSystemEventTrigger',
    (reactor) => reactor.addSystemEventTrigger('duirng' as never, 'job', nothing),
    'There is no phase "duirng": did you mean "during"?',
  ],
  [
    'an event',
    () => new ThreePhaseEvent('job').addTrigger('during ' as never, nothing),
    'There is no phase "during ": did you mean "during"?',
  ],
  [
    'a service',
    (reactor) => reactor.use({ name: 'db', startup: { durring: nothing } } as never),
    'There is no phase "durring": did you mean "during"?',
  ],
  [
    'nothing near',
    (reactor) => reactor.on('job', { finally: nothing } as never),
    'There is no phase "finally": use "before", "during" or "after"',
  ],
];

const NO_OBJECTS: Mistakes = [
  ['a reactor', () => new HandTurnedReactor(5 as never), 'The options of HandTurnedReactor are 5: give an object'],
  [
    'limits',
    () => createReactor({ limits: 5 } as never),
    'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  ],
  [
    'limits without an event',
    () => createReactor({ limits: { deadline: 5 } } as never),
    'The limits are 5: give an object, such as { deadline: 10_000 }',
  ],
  ['run', (reactor) => reactor.run(null as never), 'The options of run() are null: give an object'],
  [
    'on',
    (reactor) => reactor.on('job', nothing, 'name' as never),
    "The options of a trigger of on() or once() are the string 'name': give an object",
  ],
  [
    'fire',
    (reactor) => reactor.fire('job', undefined, null as never),
    'The options of fire() are null: give an object',
  ],
  [
    'callLater',
    (reactor) => reactor.callLater(5, nothing, true as never),
    "The options of callLater() are the boolean 'true': give an object",
  ],
  [
    'callSoon',
    (reactor) => reactor.callSoon(nothing, 'x' as never),
    "The options of callSoon() are the string 'x': give an object",
  ],
  [
    'waitUntil',
    (reactor) => reactor.waitUntil(Promise.resolve(), 'report' as never),
    "The options of waitUntil() are the string 'report': give an object",
  ],
  ['every', (reactor) => every(reactor, 5, nothing, null as never), 'The options of every() are null: give an object'],
  ['ticks', (reactor) => ticks(reactor, 5, 1 as never), 'The options of ticks() are 1: give an object'],
  [
    'sleep',
    (reactor) => sleep(reactor, 5, new AbortController().signal.aborted as never),
    "The options of sleep() are the boolean 'false': give an object",
  ],
];

/** The error of a call, also where it is the rejection of its promise. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return 'accepted';
}

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each([...UNKNOWN_KEYS, ...NO_OBJECTS])('%s', async (_, call, message) => {
    const [reactor, errors] = createReactor();
    expect(await errorOf(() => call(reactor))).toEqual(new TypeError(message));
    await expectIntact(reactor, errors);
  });

  it.each(PHASES)('an unknown phase: %s', async (_, call, message) => {
    const [reactor, errors] = createReactor();
    expect(await errorOf(() => call(reactor))).toEqual(new InvalidPhaseError(message));
    await expectIntact(reactor, errors);
  });

  it('report: the error is reported first', () => {
    const [reactor, errors] = createReactor();
    const error = new Error('x');
    expect(() => {
      reactor.report(error, { nme: 'mine' } as never);
    }).toThrow(new TypeError('report() has no option "nme": did you mean "name"?'));
    expect(errors).toEqual([error]);
    reactor.report(error, { kind: 'host', name: 'x', event: 'job', phase: 'before' } as never); // the source that onError got
    expect(errors).toEqual([error, error]);
  });

  it('a word that an option does not have', () => {
    const [reactor] = createReactor();
    expect(() => reactor.fire('job', undefined, { whenFiring: 'agian' } as never)).toThrow(
      new TypeError("The option whenFiring is the string 'agian': give 'throw' or 'again'"),
    );
    expect(reactor.isFiring('job')).toBe(false);
  });

  it('event types are keys of the program: none is a mistake', () => {
    expect(() => createReactor({ limits: { shutdwon: { deadline: 1 }, [Symbol('x')]: {} } })).not.toThrow();
  });

  it('a key that an object inherits is not a mistake, nor is one that is undefined and known', () => {
    const inherited: ReactorOptions = Object.create({ other: 1 }) as object;
    expect(() => new HandTurnedReactor(inherited)).not.toThrow();
    expect(() => new HandTurnedReactor({ debug: undefined } as never)).not.toThrow();
  });

  it('a subclass may add options of its own, and says which', () => {
    class RegionReactor extends HandTurnedReactor {
      constructor(options: ReactorOptions & { readonly region?: string }) {
        super(options, ['region']);
      }
    }
    expect(() => new RegionReactor({ region: 'eu', maxBatch: 5 })).not.toThrow();
    expect(() => new RegionReactor({ regoin: 'eu' } as never)).toThrow(
      new TypeError('RegionReactor has no option "regoin": did you mean "region"?'),
    );
  });

  it('each option of a reactor is read once', () => {
    const reads: string[] = [];
    const options = new Proxy(
      { maxBatch: 5, limits: {}, debug: true, logger: console, host: {}, timings: true },
      {
        get(target, key): unknown {
          reads.push(String(key));
          return Reflect.get(target, key);
        },
      },
    );
    createReactor().push(new HandTurnedReactor(options) as never);
    expect(reads.sort()).toEqual(['debug', 'host', 'limits', 'logger', 'maxBatch', 'timings']);
  });

  it.each(['name', 'signal', 'onDrop'])('callLater reads %s once, also after a stop', async (key) => {
    const [reactor] = createReactor();
    void reactor.run();
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    let reads = 0;
    const options = Object.defineProperty({}, key, {
      enumerable: true,
      get: () => (reads++, key === 'onDrop' ? nothing : undefined),
    });
    reactor.callLater(5, nothing, options);
    expect([reads, reactor.getDelayedCalls().length]).toEqual([1, key === 'onDrop' ? 0 : 1]);
  });
});
