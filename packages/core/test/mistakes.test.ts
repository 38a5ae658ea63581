import { describe, expect, it } from '@jest/globals';
import { InvalidPhaseError, ThreePhaseEvent, every, resource, sleep, ticks, type ReactorOptions } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';
import { createReactor, expectIntact } from './hostile.ts';

const nothing = (): void => undefined;

/** A call that makes a mistake, and the message of its error. */
interface Mistake {
  readonly name: string;
  readonly call: (reactor: HandTurnedReactor) => unknown;
  readonly message: string;
}

// `as never`: what callers without types pass.
const UNKNOWN_KEYS: readonly Mistake[] = [
  {
    name: 'a reactor',
    call: () => createReactor({ onErorr: nothing } as never),
    message: 'HandTurnedReactor has no option "onErorr": did you mean "onError"?',
  },
  {
    name: 'a limit of a reactor',
    call: () => createReactor({ limits: { shutdown: { deadLine: 1 } } } as never),
    message: 'limits.shutdown has no option "deadLine": did you mean "deadline"?',
  },
  {
    name: 'run',
    call: (reactor) => reactor.run({ signals: undefined } as never),
    message: 'run() has no option "signals": did you mean "signal"?',
  },
  {
    name: 'a trigger',
    call: (reactor) => reactor.addSystemEventTrigger('during', 'job', nothing, { timeOut: 5 } as never),
    message: 'A trigger has no option "timeOut": did you mean "timeout"?',
  },
  {
    name: 'on',
    call: (reactor) => reactor.on('job', nothing, { requird: true } as never),
    message: 'A trigger of on() or once() has no option "requird": did you mean "required"?',
  },
  {
    name: 'once',
    call: (reactor) => reactor.once('job', { during: nothing }, { nam: 'x' } as never),
    message: 'A trigger of on() or once() has no option "nam": did you mean "name"?',
  },
  {
    name: 'on, every',
    call: (reactor) => reactor.on('job', nothing, { every: false } as never),
    message: 'A trigger of on() or once() has no option "every": it has name, timeout, signal, required',
  },
  {
    name: 'fire',
    call: (reactor) => reactor.fire('job', undefined, { whenfiring: 'again' } as never),
    message: 'fire() has no option "whenfiring": did you mean "whenFiring"?',
  },
  {
    name: 'fireSystemEvent',
    call: (reactor) => reactor.fireSystemEvent('job', undefined, { timing: true } as never),
    message: 'fire() has no option "timing": did you mean "timings"?',
  },
  {
    name: 'a limit of a firing',
    call: (reactor) => reactor.fire('job', undefined, { limits: { durng: 5 } } as never),
    message: 'limits has no option "durng": did you mean "during"?',
  },
  {
    name: 'callLater',
    call: (reactor) => reactor.callLater(5, nothing, { onDropped: nothing } as never),
    message: 'callLater() has no option "onDropped": did you mean "onDrop"?',
  },
  {
    name: 'callSoon',
    call: (reactor) => reactor.callSoon(nothing, { contxt: true } as never),
    message: 'callSoon() has no option "contxt": did you mean "context"?',
  },
  {
    name: 'waitUntil',
    call: (reactor) => reactor.waitUntil(Promise.resolve(), { naem: 'x' } as never),
    message: 'waitUntil() has no option "naem": did you mean "name"?',
  },
  {
    name: 'every',
    call: (reactor) => every(reactor, 5, nothing, { onerror: 'stop' } as never),
    message: 'every() has no option "onerror": did you mean "onError"?',
  },
  {
    name: 'ticks',
    call: (reactor) => ticks(reactor, 5, { noow: true } as never),
    message: 'ticks() has no option "noow": did you mean "now"?',
  },
  {
    name: 'ticks, an option of every',
    call: (reactor) => ticks(reactor, 5, { onError: 'stop' } as never),
    message: 'ticks() has no option "onError": it has now, signal',
  },
  {
    name: 'sleep',
    call: (reactor) => sleep(reactor, 5, { singal: undefined } as never),
    message: 'sleep() has no option "singal": did you mean "signal"?',
  },
  {
    name: 'resource',
    call: () => resource('db', nothing, nothing, { need: [] } as never),
    message: 'The resource "db" has no option "need": did you mean "needs"?',
  },
  {
    name: 'an event',
    call: () => new ThreePhaseEvent('job', { limit: {} } as never),
    message: 'ThreePhaseEvent has no option "limit": did you mean "limits"?',
  },
  {
    name: 'a limit of an event',
    call: (clock) => new ThreePhaseEvent('job', { clock, limits: { befor: 1 } } as never),
    message: 'limits has no option "befor": did you mean "before"?',
  },
  {
    name: 'a trigger of an event',
    call: () => new ThreePhaseEvent('job').addTrigger('during', nothing, { evry: true } as never),
    message: 'A trigger has no option "evry": did you mean "every"?',
  },
  {
    name: 'a firing of an event',
    call: () => new ThreePhaseEvent('job').fire(undefined, { whenFirin: 'again' } as never),
    message: 'fire() has no option "whenFirin": did you mean "whenFiring"?',
  },
];

const PHASES: readonly Mistake[] = [
  {
    name: 'on',
    call: (reactor) => reactor.on('job', { befor: nothing } as never),
    message: 'There is no phase "befor": did you mean "before"?',
  },
  {
    name: 'once',
    call: (reactor) => reactor.once('job', { during: nothing, affter: nothing } as never),
    message: 'There is no phase "affter": did you mean "after"?',
  },
  {
    name: 'addSystemEventTrigger',
    call: (reactor) => reactor.addSystemEventTrigger('duirng' as never, 'job', nothing),
    message: 'There is no phase "duirng": did you mean "during"?',
  },
  {
    name: 'an event',
    call: () => new ThreePhaseEvent('job').addTrigger('during ' as never, nothing),
    message: 'There is no phase "during ": did you mean "during"?',
  },
  {
    name: 'a service',
    call: (reactor) => reactor.use({ name: 'db', startup: { durring: nothing } } as never),
    message: 'There is no phase "durring": did you mean "during"?',
  },
  {
    name: 'nothing near',
    call: (reactor) => reactor.on('job', { finally: nothing } as never),
    message: 'There is no phase "finally": use "before", "during" or "after"',
  },
];

const NO_OBJECTS: readonly Mistake[] = [
  {
    name: 'a reactor',
    call: () => new HandTurnedReactor(5 as never),
    message: 'The options of HandTurnedReactor are 5: give an object',
  },
  {
    name: 'limits',
    call: () => createReactor({ limits: 5 } as never),
    message: 'limits is 5: give an object, such as { shutdown: { deadline: 10_000 } }',
  },
  {
    name: 'limits without an event',
    call: () => createReactor({ limits: { deadline: 5 } } as never),
    message: 'The limits are 5: give an object, such as { deadline: 10_000 }',
  },
  {
    name: 'run',
    call: (reactor) => reactor.run(null as never),
    message: 'The options of run() are null: give an object',
  },
  {
    name: 'on',
    call: (reactor) => reactor.on('job', nothing, 'name' as never),
    message: "The options of a trigger of on() or once() are the string 'name': give an object",
  },
  {
    name: 'fire',
    call: (reactor) => reactor.fire('job', undefined, null as never),
    message: 'The options of fire() are null: give an object',
  },
  {
    name: 'callLater',
    call: (reactor) => reactor.callLater(5, nothing, true as never),
    message: "The options of callLater() are the boolean 'true': give an object",
  },
  {
    name: 'callSoon',
    call: (reactor) => reactor.callSoon(nothing, 'x' as never),
    message: "The options of callSoon() are the string 'x': give an object",
  },
  {
    name: 'waitUntil',
    call: (reactor) => reactor.waitUntil(Promise.resolve(), 'report' as never),
    message: "The options of waitUntil() are the string 'report': give an object",
  },
  {
    name: 'every',
    call: (reactor) => every(reactor, 5, nothing, null as never),
    message: 'The options of every() are null: give an object',
  },
  {
    name: 'ticks',
    call: (reactor) => ticks(reactor, 5, 1 as never),
    message: 'The options of ticks() are 1: give an object',
  },
  {
    name: 'sleep',
    call: (reactor) => sleep(reactor, 5, new AbortController().signal.aborted as never),
    message: "The options of sleep() are the boolean 'false': give an object",
  },
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
  it.each([...UNKNOWN_KEYS, ...NO_OBJECTS])('$name', async ({ call, message }) => {
    const [reactor, errors] = createReactor();
    expect(await errorOf(() => call(reactor))).toEqual(new TypeError(message));
    await expectIntact(reactor, errors);
  });

  it.each(PHASES)('an unknown phase: $name', async ({ call, message }) => {
    const [reactor, errors] = createReactor();
    expect(await errorOf(() => call(reactor))).toEqual(new InvalidPhaseError(message));
    await expectIntact(reactor, errors);
  });

  it('report() reports the error, and then refuses the key', () => {
    const [reactor, errors] = createReactor();
    const error = new Error('x');
    expect(() => {
      reactor.report(error, { nme: 'mine' } as never);
    }).toThrow(new TypeError('report() has no option "nme": did you mean "name"?'));
    expect(errors).toEqual([error]);
    reactor.report(error, { kind: 'host', name: 'x', event: 'job', phase: 'before' } as never); // the source that onError got
    expect(errors).toEqual([error, error]);
  });

  it('a value that whenFiring does not have', () => {
    const [reactor] = createReactor();
    expect(() => reactor.fire('job', undefined, { whenFiring: 'agian' } as never)).toThrow(
      new TypeError("The option whenFiring is the string 'agian': give 'throw' or 'again'"),
    );
    expect(reactor.isFiring('job')).toBe(false);
  });

  it('any event type is allowed as a key of limits', () => {
    expect(() => createReactor({ limits: { shutdwon: { deadline: 1 }, [Symbol('x')]: {} } })).not.toThrow();
  });

  it('an inherited key is allowed, and so is a known key that is undefined', () => {
    const inherited: ReactorOptions = Object.create({ other: 1 }) as object;
    expect(() => new HandTurnedReactor(inherited)).not.toThrow();
    expect(() => new HandTurnedReactor({ debug: undefined } as never)).not.toThrow();
  });

  it('a subclass may name further options, which are then allowed', () => {
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
});
