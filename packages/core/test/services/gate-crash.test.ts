import { describe, expect, it } from '@jest/globals';
import { inFlight, ReactorStoppingError } from '@triphase/core';
import { running } from './running-gate.ts';
import { never } from '../never.ts';
import { HandTurnedReactor, rest, settled } from '../hand-turned-reactor.ts';

describe('a gate and a crash of the reactor', () => {
  it('C31, C62: running work goes on, and waiting work runs in the next run', async () => {
    const { reactor, gate, work, ended } = await running({ concurrency: 1 });
    for (const name of ['a', 'b']) void work.through(gate, name);
    reactor.crash();
    await ended;
    work.end('a');
    await rest(reactor);
    expect(work.order).toEqual(['a runs', 'a is done: a']);
    const again = reactor.run();
    await rest(reactor);
    expect(work.order.slice(2)).toEqual(['b runs']);
    void reactor.stop();
    await rest(reactor);
    expect(work.order.slice(3)).toEqual([]);
    work.end('b');
    await rest(reactor);
    await again;
    expect(work.order.slice(3)).toEqual(['b is done: b', 'db closes']);
  });

  it('C31, C62: a crash in the middle of its stop: the next run finds it open, and its stop waits again', async () => {
    const { reactor, gate, work, ended } = await running({ drainTimeout: 100 });
    void work.through(gate, 'a');
    void reactor.stop();
    await rest(reactor);
    reactor.crash();
    await ended;
    const again = reactor.run();
    await rest(reactor);
    reactor.advance(1_000);
    expect(work.order).toEqual(['a runs']); // the limit was that of the stop
    void work.through(gate, 'b');
    expect(work.order).toEqual(['a runs', 'b runs']);
    void reactor.stop();
    await rest(reactor);
    work.end('a');
    work.end('b');
    await rest(reactor);
    await again;
    expect(work.order.at(-1)).toBe('db closes');
  });

  it('C31, C62: work that waited during a crash is refused by the stop of the next run, if that run does not start the gate', async () => {
    const reactor = new HandTurnedReactor();
    const gate = reactor.use(inFlight('jobs'));
    reactor.on('startup', { before: () => never() });
    const waiting = gate.run(() => 1);
    const first = reactor.run();
    reactor.pump();
    reactor.crash();
    await first;
    await settled();
    reactor.on('startup', { before: () => never() });
    const second = reactor.run();
    reactor.pump();
    void reactor.stop();
    await expect(waiting).rejects.toBeInstanceOf(ReactorStoppingError);
    reactor.escalate();
    reactor.pump();
    await second;
  });
});
