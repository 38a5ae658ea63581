import { describe, expect, it } from '@jest/globals';
import { PhasePassedError, resource, ServiceGraphError, type Phase, type Service } from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

function create(): HandTurnedReactor {
  return new HandTurnedReactor({
    onError: (error) => {
      throw error;
    },
  });
}

/** Runs it, and stops it. */
async function live(reactor: HandTurnedReactor): Promise<void> {
  const ended = reactor.run();
  await settled();
  reactor.pump();
  void reactor.stop();
  reactor.pump();
  await settled();
  reactor.pump();
  await ended;
}

/** What callers without types pass. */
function untyped(service: unknown): Service {
  return service as Service;
}

function fail(): never {
  throw new Error('cannot be read');
}

describe('graphs of many services', () => {
  /** Each needs the one before. */
  function chain(length: number, use: (service: Service) => unknown): Service {
    let last: Service = { name: 's0' };
    use(last);
    for (let i = 1; i < length; i++) {
      last = { name: `s${String(i)}`, needs: [last], startup: { during: () => undefined } };
      use(last);
    }
    return last;
  }

  it('C52: describe() shows each service of a chain of 20 000, in lines of bounded length', () => {
    const reactor = create();
    chain(20_000, (service) => reactor.use(service));
    const lines = reactor.describe().split('\n').slice(1);
    const named = new Set(lines.map((line) => /s\d+/.exec(line)?.[0]));
    expect(named.size).toBe(20_000);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100);
    expect(lines.length).toBeLessThan(22_000);
  });

  it('C52: in describe() what is below the deepest level stands at the left, below the tree that leads to it', () => {
    const reactor = create();
    chain(42, (service) => reactor.use(service));
    const lines = reactor.describe().split('\n').slice(1);
    expect(lines.filter((line) => /^s\d/.test(line))).toEqual(['s41: idle', 's21: idle', 's1: idle']);
    expect(lines.filter((line) => line.endsWith(' …')).map((line) => line.trim())).toEqual([
      '└─ s21: idle …',
      '└─ s1: idle …',
    ]);
  });

  it('C52: use() of the end of a chain of 20 000 that is not used says which need to use first', () => {
    const last = chain(20_000, () => undefined);
    expect(() => create().use(last)).toThrow(
      'Service "s19999" needs "s19998", which is not used (s19999 → s19998): use it first',
    );
  });

  it('C52: a cycle of 20 000 has all its names in path, and ten in the message', () => {
    const needs: Service[] = [];
    const first: Service = { name: 'first', needs };
    let last = first;
    for (let i = 0; i < 20_000; i++) last = { name: `s${String(i)}`, needs: [last] };
    needs.push(last);
    let error: unknown;
    try {
      create().use(first);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ServiceGraphError);
    const { path, message } = error as ServiceGraphError;
    expect([path.length, path[0], path.at(-1)]).toEqual([20_002, 'first', 'first']);
    expect(message).toMatch(/^Services need each other: first → s19999 → .* → and 19992 more; take one need away$/);
  });

  it('C52: needs that are all ways down to one service are followed once each', () => {
    let [left, right]: Service[] = [{ name: 'l' }, { name: 'r' }];
    for (let i = 0; i < 60; i++) {
      const needs = [left as Service, right as Service]; // as: both are there
      [left, right] = [
        { name: `l${String(i)}`, needs },
        { name: `r${String(i)}`, needs },
      ];
    }
    expect(() => create().use({ name: 'top', needs: [left as Service] })).toThrow(ServiceGraphError);
  });

  it('C52: a getter of needs that makes new services without end is a need that is not used', () => {
    class Endless implements Service {
      readonly name = 'endless';
      get needs(): Service[] {
        return [new Endless()];
      }
    }
    expect(() => create().use(new Endless())).toThrow('needs "endless", which is not used');
  });

  it('C52: 20 000 services start and stop in a chain without functions', async () => {
    const reactor = create();
    const calls: string[] = [];
    let last: Service = reactor.use({ name: 'first', startup: { during: () => Promise.resolve() } });
    for (let i = 0; i < 20_000; i++) last = reactor.use({ name: 'link', needs: [last] });
    reactor.use({
      name: 'last',
      needs: [last],
      startup: { during: () => calls.push('starts') },
      shutdown: { during: () => calls.push('stops') },
    });
    await live(reactor);
    expect(calls).toEqual(['starts', 'stops']);
  });

  it('C52: a need that is named twice is one', async () => {
    const reactor = create();
    const db = reactor.use({ name: 'db', startup: { during: () => new Promise(() => undefined) } });
    reactor.use({ name: 'http', needs: [db, db], startup: { during: () => undefined } });
    void reactor.run();
    await settled();
    expect(reactor.pending().map(({ status }) => status)).toEqual([undefined, 'waits for db']);
    reactor.crash();
  });
});

describe('what is given to use()', () => {
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();

  it.each<{ readonly name: string; readonly service: unknown; readonly message: RegExp }>([
    {
      name: 'a name that is a Symbol',
      service: { name: Symbol('db') },
      message: /^The name of a service is the symbol 'Symbol\(db\)'/,
    },
    { name: 'no name', service: { startup: {} }, message: /^The name of a service is undefined/ },
    { name: 'an empty name', service: { name: '' }, message: /^The name of a service is the string ''/ },
    { name: 'a name', service: 'db', message: /^use\(\) got the string 'db'/ },
    {
      name: 'needs that are one service',
      service: { name: 'x', needs: { name: 'db' } },
      message: /^Service "x" needs an object: give an array/,
    },
    {
      name: 'needs that are a name',
      service: { name: 'x', needs: ['db'] },
      message: /^Service "x" needs the string 'db': give an array/,
    },
    {
      name: 'needs with a hole',
      service: { name: 'x', needs: new Array(1) },
      message: /^Service "x" needs undefined: give an array/,
    },
    {
      name: 'needs that are a Set',
      service: { name: 'x', needs: new Set() },
      message: /^Service "x" needs an object: give an array/,
    },
    {
      name: 'needs that are null',
      service: { name: 'x', needs: null },
      message: /^Service "x" needs null: give an array/,
    },
    { name: 'needs that are a revoked proxy', service: { name: 'x', needs: revoked }, message: /revoked/ },
    {
      name: 'a startup that is null',
      service: { name: 'x', startup: null },
      message: /^The startup of service "x" is no function/,
    },
    {
      name: 'a shutdown that is a function',
      service: { name: 'x', shutdown: fail },
      message: /^The shutdown of service "x" is a function/,
    },
    {
      name: 'a function that is none',
      service: { name: 'x', startup: { during: 1 } },
      message: /^The startup of service "x", during, is number/,
    },
    {
      name: 'a lead time that is a text',
      service: { name: 'x', leadTime: '5' },
      message: /^The lead time of service "x" is a number .* '5'/,
    },
    { name: 'an attach that is no function', service: { name: 'x', attach: 1 }, message: /give a function/ },
  ])('C52: $name is a TypeError, and nothing is registered', ({ service, message }) => {
    const reactor = create();
    expect(() => reactor.use(untyped(service))).toThrow(message);
    expect(() => reactor.use(untyped(service))).toThrow(TypeError);
    expect(reactor.describe()).toBe('HandTurnedReactor: idle');
  });

  it.each(['name', 'needs', 'startup', 'shutdown', 'leadTime', 'attach'])(
    'C52: what a getter of %s throws is thrown by use(), and nothing is registered',
    async (key) => {
      const reactor = create();
      expect(() => reactor.use(Object.defineProperty({ name: 'x' }, key, { get: fail }))).toThrow('cannot be read');
      expect(reactor.describe()).toBe('HandTurnedReactor: idle');
      await live(reactor);
    },
  );

  it('C52: a getter that throws on a later read is not read again', async () => {
    const reactor = create();
    const calls: string[] = [];
    let isUsed = false;
    const once = <T>(value: T): (() => T) => {
      return () => (isUsed ? fail() : value);
    };
    const functions = (entry: string): object =>
      Object.defineProperties(
        {},
        Object.fromEntries(PHASES.map((phase) => [phase, { get: once(() => calls.push(`${phase} ${entry}`)) }])),
      );
    const service = Object.defineProperties(
      {},
      {
        name: { get: once('db') },
        needs: { get: once([]) },
        startup: { get: once(functions('startup')) },
        shutdown: { get: once(functions('shutdown')) },
        leadTime: { get: once(5) },
        attach: { get: once(() => undefined) },
      },
    );
    reactor.use(untyped(service));
    isUsed = true;
    expect(reactor.describe()).toContain('db: idle');
    await live(reactor);
    expect(calls).toEqual(['startup', 'shutdown'].flatMap((event) => PHASES.map((phase) => `${phase} ${event}`)));
    expect(reactor.describe()).toContain('db: stopped');
  });

  it('C52: what is changed on a service after use() has no effect', async () => {
    const reactor = create();
    const calls: string[] = [];
    const during = (entry: string) => ({ during: () => calls.push(entry) });
    const service = { name: 'db', needs: [] as Service[], startup: during('starts'), shutdown: during('stops') };
    reactor.use(service);
    service.name = 'other';
    service.needs.push(service);
    service.startup.during = fail;
    service.shutdown = during('never');
    await live(reactor);
    expect(calls).toEqual(['starts', 'stops']);
    expect(reactor.describe()).toContain('db: stopped');
  });

  it.each<{ readonly name: string; readonly status: () => unknown; readonly shown: string }>([
    { name: 'a Symbol', status: () => Symbol('s'), shown: 'Symbol(s)' },
    { name: 'a null-prototype object', status: () => Object.create(null) as unknown, shown: '?' },
    { name: 'a number', status: () => 3, shown: '3' },
    { name: 'nothing', status: () => undefined, shown: '' },
    {
      name: 'an error whose message is a Symbol',
      status: () => fail.call(undefined),
      shown: 'status failed: cannot be read',
    },
  ])('C52: a status that gives $name is shown as a text', async ({ status, shown }) => {
    const reactor = create();
    reactor.use(untyped({ name: 'db', startup: { during: () => new Promise(() => undefined) }, status }));
    const text = shown === '' ? '' : ` (${shown})`;
    expect(reactor.describe()).toBe(`HandTurnedReactor: idle\ndb: idle${text}`);
    void reactor.run();
    await settled();
    expect(reactor.pending().map((each) => each.status ?? '')).toEqual([shown]);
    reactor.crash();
  });

  it('C52: a resource whose needs are no services is refused by use() too', () => {
    const needs = ['db'] as unknown as Service[];
    expect(() => create().use(resource('x', () => 1, undefined, { needs }))).toThrow(TypeError);
  });
});

describe('an attach that throws', () => {
  it('C52: neither the service nor what it has used is registered, and the rest lives on', async () => {
    const reactor = create();
    const calls: string[] = [];
    const functions = (name: string) => ({
      startup: { during: () => calls.push(`${name} starts`) },
      shutdown: { during: () => calls.push(`${name} stops`) },
    });
    const db = reactor.use({ name: 'db', ...functions('db') });
    const http: Service = {
      name: 'http',
      needs: [db],
      ...functions('http'),
      attach(app) {
        app.use({ name: 'probes', needs: [db, http], ...functions('probes') });
        throw new Error('no port');
      },
    };
    expect(() => reactor.use(http)).toThrow('no port');
    expect(reactor.describe()).toBe('HandTurnedReactor: idle\ndb: idle');
    reactor.use({ name: 'jobs', needs: [db], ...functions('jobs') });
    await live(reactor);
    expect(calls).toEqual(['db starts', 'jobs starts', 'jobs stops', 'db stops']);
  });

  it('C52: it can be used again, and is attached again', () => {
    const reactor = create();
    let attempts = 0;
    const service: Service = {
      name: 'db',
      attach() {
        if (++attempts === 1) throw new Error('not yet');
      },
    };
    expect(() => reactor.use(service)).toThrow('not yet');
    reactor.use(service);
    reactor.use(service);
    expect(attempts).toBe(2);
    expect(reactor.describe()).toBe('HandTurnedReactor: idle\ndb: idle');
  });

  it('N8: its lead time, and that of what it has used, does not count', () => {
    class Reactor extends HandTurnedReactor {
      get longestLead(): number {
        return this.leadTime;
      }
    }
    const reactor = new Reactor();
    reactor.use({ name: 'db', leadTime: 5 });
    const http: Service = {
      name: 'http',
      leadTime: 20,
      attach(app) {
        app.use({ name: 'probes', leadTime: 30 });
        throw new Error('no port');
      },
    };
    expect(() => reactor.use(http)).toThrow('no port');
    expect(reactor.longestLead).toBe(5);
  });
});

describe('a function of a service that registers', () => {
  for (const event of ['startup', 'shutdown'] as const) {
    it.each(PHASES)(`C17: a plain trigger for its own phase of ${event}, %s, is called in it`, async (phase) => {
      const reactor = create();
      const calls: string[] = [];
      reactor.use({
        name: 'db',
        [event]: {
          [phase]: () => {
            calls.push('db');
            reactor.addSystemEventTrigger(phase, event, () => calls.push('added'));
          },
        },
      });
      await live(reactor);
      expect(calls).toEqual(['db', 'added']);
    });
  }

  it('C17: after the plain triggers of the phase have been started it is too late', async () => {
    const reactor = create();
    const errors: unknown[] = [];
    const db = reactor.use({ name: 'db', startup: { during: () => Promise.resolve() } });
    reactor.use({
      name: 'http',
      needs: [db],
      startup: {
        during: () => {
          try {
            reactor.on('startup', () => undefined);
          } catch (error) {
            errors.push(error);
          }
        },
      },
    });
    await live(reactor);
    expect(errors.map((error) => error instanceof PhasePassedError)).toEqual([true]);
  });

  it('C17: after a phase without plain triggers it is too late for that phase', async () => {
    const reactor = create();
    reactor.use({ name: 'db', startup: { before: () => undefined } });
    const codes: unknown[] = [];
    reactor.on('startup', () => {
      try {
        reactor.addSystemEventTrigger('before', 'startup', () => undefined);
      } catch (error) {
        codes.push((error as { code: unknown }).code);
      }
    });
    await live(reactor);
    expect(codes).toEqual(['ERR_TRIPHASE_PHASE_PASSED']);
  });
});

describe('a function of a service that crashes the reactor', () => {
  it('C31: and runs it again: what it returns to the first run says nothing about the second', async () => {
    const reactor = create();
    const calls: string[] = [];
    let again: Promise<unknown> | undefined;
    const db = reactor.use({
      name: 'db',
      startup: {
        during: () => {
          calls.push('db starts');
          if (calls.length > 1) return new Promise<void>(() => undefined);
          reactor.crash();
          again = reactor.run();
          return undefined;
        },
      },
      shutdown: { during: () => calls.push('db stops') },
    });
    reactor.use({ name: 'http', needs: [db], startup: { during: () => calls.push('http starts') } });
    await reactor.run();
    await settled();
    expect(reactor.describe()).toContain('db: starting');
    reactor.escalate();
    reactor.pump();
    await again;
    expect(calls).toEqual(['db starts', 'db starts']);
  });

  it('C31: and returns: it has started, and the next run stops it', async () => {
    const reactor = create();
    const calls: string[] = [];
    reactor.use({
      name: 'db',
      startup: {
        during: () => {
          calls.push('starts');
          reactor.crash();
        },
      },
      shutdown: { during: () => calls.push('stops') },
    });
    await reactor.run();
    await live(reactor);
    expect(calls).toEqual(['starts', 'stops']);
  });
});
