import { describe, expect, it } from '@jest/globals';
import { resource, type Service } from '@triphase/core';
import { PHASES } from '../src/ground/events.ts';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { runAndStop, strictReactor } from './strict-reactor.ts';

/** What callers without types pass. */
function untyped(service: unknown): Service {
  return service as Service;
}

function fail(): never {
  throw new Error('cannot be read');
}

function failWithSymbol(): never {
  throw Object.assign(new Error('x'), { message: Symbol('s') as unknown as string });
}

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
    const reactor = strictReactor();
    expect(() => reactor.use(untyped(service))).toThrow(message);
    expect(() => reactor.use(untyped(service))).toThrow(TypeError);
    expect(reactor.describe()).toBe('HandTurnedReactor: idle');
  });

  it.each(['name', 'needs', 'startup', 'shutdown', 'leadTime', 'attach'])(
    'C52: what a getter of %s throws is thrown by use(), and nothing is registered',
    async (key) => {
      const reactor = strictReactor();
      expect(() => reactor.use(Object.defineProperty({ name: 'x' }, key, { get: fail }))).toThrow('cannot be read');
      expect(reactor.describe()).toBe('HandTurnedReactor: idle');
      await runAndStop(reactor);
    },
  );

  it('C52: a getter that throws on a later read is not read again', async () => {
    const reactor = strictReactor();
    const calls: string[] = [];
    let isUsed = false;
    const readableUntilUsed = <T>(value: T): (() => T) => {
      return () => (isUsed ? fail() : value);
    };
    const functions = (entry: string): object =>
      Object.defineProperties(
        {},
        Object.fromEntries(
          PHASES.map((phase) => [phase, { get: readableUntilUsed(() => calls.push(`${phase} ${entry}`)) }]),
        ),
      );
    const service = Object.defineProperties(
      {},
      {
        name: { get: readableUntilUsed('db') },
        needs: { get: readableUntilUsed([]) },
        startup: { get: readableUntilUsed(functions('startup')) },
        shutdown: { get: readableUntilUsed(functions('shutdown')) },
        leadTime: { get: readableUntilUsed(5) },
        attach: { get: readableUntilUsed(() => undefined) },
      },
    );
    reactor.use(untyped(service));
    isUsed = true;
    expect(reactor.describe()).toContain('db: idle');
    await runAndStop(reactor);
    expect(calls).toEqual(['startup', 'shutdown'].flatMap((event) => PHASES.map((phase) => `${phase} ${event}`)));
    expect(reactor.describe()).toContain('db: stopped');
  });

  it('C52: what is changed on a service after use() has no effect', async () => {
    const reactor = strictReactor();
    const calls: string[] = [];
    const during = (entry: string) => ({ during: () => calls.push(entry) });
    const service = { name: 'db', needs: [] as Service[], startup: during('starts'), shutdown: during('stops') };
    reactor.use(service);
    service.name = 'other';
    service.needs.push(service);
    service.startup.during = fail;
    service.shutdown = during('never');
    await runAndStop(reactor);
    expect(calls).toEqual(['starts', 'stops']);
    expect(reactor.describe()).toContain('db: stopped');
  });

  it.each<{ readonly name: string; readonly status: () => unknown; readonly shown: string }>([
    { name: 'a Symbol', status: () => Symbol('s'), shown: 'Symbol(s)' },
    { name: 'a null-prototype object', status: () => Object.create(null) as unknown, shown: '?' },
    { name: 'a number', status: () => 3, shown: '3' },
    { name: 'nothing', status: () => undefined, shown: '' },
    { name: 'an error', status: fail, shown: 'status failed: cannot be read' },
    { name: 'an error whose message is a Symbol', status: failWithSymbol, shown: 'status failed: Symbol(s)' },
  ])('C52: a status that gives $name is shown as a text', async ({ status, shown }) => {
    const reactor = strictReactor();
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
    expect(() => strictReactor().use(resource('x', () => 1, undefined, { needs }))).toThrow(TypeError);
  });
});

describe('an attach that throws', () => {
  it('C52: neither the service nor what it has used is registered, and the rest lives on', async () => {
    const reactor = strictReactor();
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
    await runAndStop(reactor);
    expect(calls).toEqual(['db starts', 'jobs starts', 'jobs stops', 'db stops']);
  });

  it('C52: it can be used again, and is attached again', () => {
    const reactor = strictReactor();
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
