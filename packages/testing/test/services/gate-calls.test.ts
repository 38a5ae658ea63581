import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { addService, inFlight, removeService } from '@triphase/core';
import { create } from './service-bench.ts';

describe('the calls of a gate', () => {
  it('C63: a removed gate leaves no listener on the signal of the reactor', async () => {
    const { reactor } = create();
    await reactor.start();
    const before = getEventListeners(reactor.signal, 'abort').length;
    const gate = inFlight('jobs');
    const steps = [addService(reactor, gate), removeService(reactor, gate)];
    await reactor.advanceAsync(1);
    await Promise.all(steps);
    expect(getEventListeners(reactor.signal, 'abort')).toHaveLength(before);
    await reactor.finish();
  });

  it('C62: thousands of calls run in their order, also when calls make new calls', async () => {
    const { reactor } = create();
    const gate = reactor.use(inFlight('jobs', { concurrency: 3 }));
    const order: number[] = [];
    const count = 2_000;
    const call = (n: number): Promise<unknown> =>
      gate.run(async () => {
        order.push(n);
        if (n % 2 === 0 && n < count) again.push(call(n + count));
        await Promise.resolve();
      });
    const again: Promise<unknown>[] = [];
    const calls = Array.from({ length: count }, (_, n) => call(n));
    await reactor.start();
    await Promise.all(calls);
    await Promise.all(again);
    const evens = Array.from({ length: count / 2 }, (_, n) => 2 * n + count);
    expect(order).toEqual([...Array.from({ length: count }, (_, n) => n), ...evens]);
    await reactor.finish();
  });
});

describe('invalid arguments of a gate', () => {
  it.each([
    { concurrency: '5', type: TypeError },
    { concurrency: null, type: TypeError },
    { concurrency: Symbol('five'), type: TypeError },
    { concurrency: 5n, type: TypeError },
    { concurrency: 0, type: RangeError },
    { concurrency: NaN, type: RangeError },
    { concurrency: 1.5, type: RangeError },
  ])('C62: a concurrency of $concurrency throws', ({ concurrency, type }) => {
    const make = (): unknown => inFlight('jobs', { concurrency: concurrency as number }); // as: callers without types
    expect(make).toThrow(type);
    expect(make).toThrow('The concurrency of gate "jobs" is ');
  });

  it('C62, C65: an unknown key for run() or free() throws with the name of the gate', () => {
    const gate = inFlight('jobs');
    expect(() => gate.run(() => 1, { onabandoned: 1 } as never)).toThrow('run() of gate "jobs" has no option');
    expect(() => gate.free({ signl: 1 } as never)).toThrow('free() of gate "jobs" has no option');
  });
});
