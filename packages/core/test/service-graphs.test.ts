import { describe, expect, it } from '@jest/globals';
import { ServiceGraphError, type Service } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { runAndStop, strictReactor } from './strict-reactor.ts';

describe('graphs of many services', () => {
  /** Uses `length` services. Each needs the one before. Returns the last one. */
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
    const reactor = strictReactor();
    chain(20_000, (service) => reactor.use(service));
    const lines = reactor.describe().split('\n').slice(1);
    const named = new Set(lines.map((line) => /s\d+/.exec(line)?.[0]));
    expect(named.size).toBe(20_000);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100);
    expect(lines.length).toBeLessThan(22_000);
  });

  it('C52: describe() shows services below the deepest level at the left, below the tree that leads to them', () => {
    const reactor = strictReactor();
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
    expect(() => strictReactor().use(last)).toThrow(
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
      strictReactor().use(first);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ServiceGraphError);
    const { path, message } = error as ServiceGraphError;
    expect([path.length, path[0], path.at(-1)]).toEqual([20_002, 'first', 'first']);
    expect(message).toMatch(/^Services need each other: first → s19999 → .* → and 19992 more; take one need away$/);
  });

  it('C52: in a graph with very many paths each service is followed once', () => {
    let [left, right]: Service[] = [{ name: 'l' }, { name: 'r' }];
    for (let i = 0; i < 60; i++) {
      const needs = [left as Service, right as Service]; // as: both are there
      [left, right] = [
        { name: `l${String(i)}`, needs },
        { name: `r${String(i)}`, needs },
      ];
    }
    expect(() => strictReactor().use({ name: 'top', needs: [left as Service] })).toThrow(ServiceGraphError);
  });

  it('C52: a getter of needs that makes new services without end is a need that is not used', () => {
    class Endless implements Service {
      readonly name = 'endless';
      get needs(): Service[] {
        return [new Endless()];
      }
    }
    expect(() => strictReactor().use(new Endless())).toThrow('needs "endless", which is not used');
  });

  it('C52: 20 000 services start and stop in a chain without functions', async () => {
    const reactor = strictReactor();
    const calls: string[] = [];
    let last: Service = reactor.use({ name: 'first', startup: { during: () => Promise.resolve() } });
    for (let i = 0; i < 20_000; i++) last = reactor.use({ name: 'link', needs: [last] });
    reactor.use({
      name: 'last',
      needs: [last],
      startup: { during: () => calls.push('starts') },
      shutdown: { during: () => calls.push('stops') },
    });
    await runAndStop(reactor);
    expect(calls).toEqual(['starts', 'stops']);
  });

  it('C52: a need that is named twice is one', async () => {
    const reactor = strictReactor();
    const db = reactor.use({ name: 'db', startup: { during: () => new Promise(() => undefined) } });
    reactor.use({ name: 'http', needs: [db, db], startup: { during: () => undefined } });
    void reactor.run();
    await settled();
    expect(reactor.pending().map(({ status }) => status)).toEqual([undefined, 'waits for db']);
    reactor.crash();
  });
});
