import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { GateFullError, inFlight, ReactorStoppingError, removeService } from '@triphase/core';
import { Work, running } from './running-gate.ts';
import { HandTurnedReactor, rest } from '../hand-turned-reactor.ts';

describe('the slots of a gate', () => {
  it('C62: as many run as there are slots; the others wait in their order', async () => {
    const { reactor, gate, work } = await running({ concurrency: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) void work.through(gate, name);
    expect([work.order, gate.status?.()]).toEqual([['a runs', 'b runs'], '2 running, 3 waiting']);
    work.end('b');
    await rest(reactor);
    expect(work.order.slice(2)).toEqual(['c runs', 'b is done: b']);
    work.end('a', new TypeError('no'));
    await rest(reactor);
    expect(work.order.slice(4)).toEqual(['d runs', 'a fails: TypeError']);
    for (const name of ['c', 'd', 'e']) {
      work.end(name);
      await rest(reactor);
    }
    expect([work.order.length, gate.status?.()]).toEqual([10, '0 running, 0 waiting']);
  });

  it('C62: run() settles with the result or the error of the function, whether it is async or not', async () => {
    const { gate } = await running({ concurrency: 1 });
    expect(await gate.run(() => 5)).toBe(5);
    expect(await gate.run(() => Promise.resolve('later'))).toBe('later');
    const thrown = gate.run(() => {
      throw new Error('no');
    });
    await expect(thrown).rejects.toThrow('no');
    expect(gate.status?.()).toBe('0 running, 0 waiting');
  });

  it('C62: a call that comes while a slot is given waits behind the others', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    for (const name of ['a', 'b']) void work.through(gate, name);
    const last = gate.run(() => undefined).then(() => work.order.push('c is done'));
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'b runs', 'a is done: a']);
    work.end('b');
    await last;
    expect(work.order.at(-1)).toBe('c is done');
  });

  it('C62: more calls than maxWaiting may wait are refused with GateFullError', async () => {
    const { gate, work } = await running({ concurrency: 1, maxWaiting: 2 });
    for (const name of ['a', 'b', 'c']) void work.through(gate, name);
    const refused = gate.run(() => 1);
    await expect(refused).rejects.toBeInstanceOf(GateFullError);
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_TRIPHASE_GATE_FULL',
      message: expect.stringContaining('The gate "jobs" is full (1 running, 2 waiting)'),
    });
  });

  it('C62: free() resolves when there is a slot and no call waits for one; it reserves nothing', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    await gate.free();
    await gate.free();
    for (const name of ['a', 'b']) void work.through(gate, name);
    for (const name of ['first', 'second']) void gate.free().then(() => work.order.push(`${name} is free`));
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'b runs', 'a is done: a']);
    work.end('b');
    await rest(reactor);
    expect(work.order.slice(3).sort()).toEqual(['b is done: b', 'first is free', 'second is free']);
  });

  it('C62, C63: a gate that was removed stays closed, also when the reactor has crashed and runs again', async () => {
    const { reactor, gate } = await running({ concurrency: 1 });
    const removed = removeService(reactor, gate);
    await rest(reactor);
    await removed;
    reactor.crash();
    await rest(reactor);
    void reactor.run();
    await rest(reactor);
    await expect(gate.run(() => 1)).rejects.toThrow(ReactorStoppingError);
  });

  it('C62: free({ signal }) rejects with the reason when the signal aborts, before and while it waits', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    void work.through(gate, 'a');
    const controller = new AbortController();
    const waits = gate.free({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waits).rejects.toBe(reason);
    await expect(gate.free({ signal: controller.signal })).rejects.toBe(reason);
    expect(() => gate.free({ signl: controller.signal } as never)).toThrow('did you mean "signal"?');
    work.end('a');
    await rest(reactor);
    await gate.free({ signal: new AbortController().signal });
  });

  it('C62: before the gate has started all calls wait, and free() too', async () => {
    const reactor = new HandTurnedReactor();
    const gate = inFlight('jobs', { concurrency: 1 });
    const work = new Work();
    void work.through(gate, 'early');
    void gate.free().then(() => work.order.push('free'));
    reactor.use(gate);
    let open = (): void => undefined;
    reactor.on('startup', { before: () => new Promise<void>((resolve) => (open = resolve)) });
    void reactor.run();
    await rest(reactor);
    expect([work.order, gate.status?.()]).toEqual([[], '0 running, 1 waiting']);
    open();
    await rest(reactor);
    expect(work.order).toEqual(['early runs']);
    work.end('early');
    await rest(reactor);
    expect(work.order).toEqual(['early runs', 'free', 'early is done: early']);
  });

  it('N3, C62: work that has waited runs in the async context of its caller', async () => {
    const { reactor, gate, work } = await running({ concurrency: 1 });
    const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();
    void work.through(gate, 'a');
    const seen = storage.run('caller', () => gate.run(() => storage.getStore()));
    work.end('a');
    await rest(reactor);
    expect(await seen).toBe('caller');
  });
});
