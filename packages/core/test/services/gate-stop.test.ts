import { describe, expect, it } from '@jest/globals';
import { inFlight, ReactorStoppingError } from '@triphase/core';
import { running } from './running-gate.ts';
import { never } from '../never.ts';
import { HandTurnedReactor, rest } from '../hand-turned-reactor.ts';

describe('a gate that stops', () => {
  it('C62: a gate that nothing needs closes in before shutdown, and its needs close after it', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 });
    reactor.on('shutdown', { during: () => work.order.push('during') });
    for (const name of ['a', 'b']) void work.through(gate, name);
    const asked = gate.free().catch((error: unknown) => error);
    void reactor.stop();
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'b fails: ReactorStoppingError']);
    expect(await asked).toBeInstanceOf(ReactorStoppingError);
    const late = gate.run(() => 1);
    await expect(late).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPING' });
    await expect(gate.free()).rejects.toBeInstanceOf(ReactorStoppingError);
    expect(reactor.pending().map(({ name, phase, status }) => [name, phase, status])).toContainEqual([
      'jobs',
      'before',
      '1 running, 0 waiting',
    ]);
    work.end('a');
    await rest(reactor);
    expect(work.order.slice(2)).toEqual(['a is done: a', 'db closes', 'during']);
    const { errors, shutdown } = await ended;
    expect([errors, shutdown?.abandoned]).toEqual([[], []]);
  });

  it('C62: a gate that is needed closes in its own during, once those that need it have stopped', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 }, { needed: true });
    let lead = (): void => undefined;
    reactor.on('shutdown', { before: () => new Promise<void>((resolve) => (lead = resolve)) });
    void work.through(gate, 'a');
    void work.through(gate, 'b');
    void reactor.stop();
    await rest(reactor);
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'server leads', 'b runs', 'a is done: a']); // it still gives slots
    lead();
    await rest(reactor);
    expect(work.order.slice(4)).toEqual(['server closes']);
    await expect(gate.run(() => 1)).rejects.toBeInstanceOf(ReactorStoppingError);
    work.end('b');
    await rest(reactor);
    await ended;
    expect(work.order.slice(5)).toEqual(['b is done: b', 'db closes']);
  });

  it('C62: with nothing in flight it does not hold the stop', async () => {
    const { reactor, ended } = await running();
    void reactor.stop();
    reactor.pump();
    await ended;
  });

  it('C62: work that gets its slot as the gate closes is refused, and its function is not called', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 });
    void work.through(gate, 'a');
    const granted = work.through(gate, 'b');
    void reactor.stop();
    reactor.on('shutdown', () => undefined);
    work.end('a');
    reactor.pump(); // the stop begins before promise jobs
    await granted;
    await rest(reactor);
    await ended;
    expect(work.order.filter((step) => step.startsWith('b'))).toEqual(['b fails: ReactorStoppingError']);
  });

  it('C62: work that waits for a gate that will not start any more is refused when stopping begins', async () => {
    const reactor = new HandTurnedReactor();
    const gate = reactor.use(inFlight('jobs'));
    reactor.on('startup', { before: () => never() });
    const waiting = gate.run(() => 1);
    reactor.waitUntil(waiting.catch(() => undefined)); // would hold the stop for ever
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    await expect(waiting).rejects.toBeInstanceOf(ReactorStoppingError);
    reactor.escalate();
    reactor.pump();
    await ended;
  });

  it('C62: work may itself call the gate: the inner call is refused once it closes', async () => {
    const { reactor, gate, ended } = await running({ concurrency: 2 });
    let go = (): void => undefined;
    const outer = gate.run(async () => {
      await new Promise<void>((resolve) => (go = resolve));
      return gate.run(() => 'inner').catch((error: unknown) => (error as Error).name);
    });
    void reactor.stop();
    await rest(reactor);
    go();
    expect(await outer).toBe('ReactorStoppingError');
    await rest(reactor);
    await ended;
  });
});

it.each([1, 2])(
  'C62: a caller that awaits run() goes on before the needs of the gate close (concurrency %d)',
  async (concurrency) => {
    const { reactor, gate, work, ended } = await running({ concurrency }, { needed: true });
    void work.through(gate, 'a');
    let finish = (): void => undefined;
    const caller = async (): Promise<void> => {
      await gate.run(() => new Promise<void>((resolve) => (finish = resolve)));
      work.order.push('the caller uses db');
    };
    const calling = caller();
    work.end('a');
    await rest(reactor); // with one slot the caller has waited for it
    void reactor.stop();
    await rest(reactor);
    finish();
    await calling;
    await rest(reactor);
    await ended;
    expect(work.order.slice(-2)).toEqual(['the caller uses db', 'db closes']);
  },
);
