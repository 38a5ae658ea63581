import { describe, expect, it } from '@jest/globals';
import { cooperate, every, ticks } from '@triphase/core';
import { settled } from './hand-turned-reactor.ts';
import { held } from './stopping-reactor.ts';
import { strictReactor } from './strict-reactor.ts';

describe('runs of every', () => {
  it('C68: a run that throws at once is reported once, under the name of the loop', async () => {
    const sources: string[] = [];
    const reactor = strictReactor({ onError: (_, { kind, name }) => sources.push(`${kind} ${name}`) });
    void reactor.run();
    every(
      reactor,
      10,
      () => {
        throw new Error('no');
      },
      { name: 'poll', now: true, onError: 'stop' },
    );
    reactor.pump();
    reactor.advance(0);
    await settled();
    reactor.advance(20);
    expect(sources).toEqual(['timed-call poll']);
  });

  it("C68: with { onError: 'stop' } and no whenDone(), a failed run fails the stop", async () => {
    const sources: string[] = [];
    const reactor = strictReactor({ onError: (_, { kind, name }) => sources.push(`${kind} ${name}`) });
    let reject = (_: Error): void => undefined;
    void reactor.run();
    every(reactor, 10, () => new Promise<void>((_, no) => (reject = no)), { name: 'poll', now: true, onError: 'stop' });
    reactor.pump();
    reactor.advance(0);
    const ended = reactor.stop();
    reactor.pump();
    reject(new Error('disk full'));
    await settled();
    reactor.pump();
    expect((await ended).errors.map(({ message }) => message)).toEqual([
      'Work "poll" (shutdown, before) failed: disk full',
    ]);
    expect(sources).toEqual(['work poll']);
  });

  it('C68: a loop that was stopped still holds the stop for its last run', async () => {
    const reactor = strictReactor();
    let finish = (): void => undefined;
    void reactor.run();
    const loop = every(reactor, 10, () => new Promise<void>((resolve) => (finish = resolve)), {
      name: 'poll',
      now: true,
    });
    reactor.pump();
    reactor.advance(0);
    loop.stop();
    const ended = reactor.stop();
    reactor.pump();
    expect(held(reactor)).toEqual(['work poll (before)']);
    finish();
    await settled();
    reactor.pump();
    expect((await ended).errors).toEqual([]);
  });
});

describe('ticks() and cooperate() do not hold a stop by themselves', () => {
  it('C57: waitUntil with the promise of the function that loops over ticks holds the stop until the round is over', async () => {
    const reactor = strictReactor();
    const order: string[] = [];
    let finish = (): void => undefined;
    async function consume(): Promise<void> {
      for await (const _ of ticks(reactor, 10, { now: true })) {
        order.push('begin');
        await new Promise<void>((resolve) => (finish = resolve));
        order.push('end');
      }
      order.push('over');
    }
    reactor.on('shutdown', () => order.push('during'));
    const ended = reactor.run();
    reactor.waitUntil(consume());
    reactor.pump();
    reactor.advance(0);
    await settled();
    void reactor.stop();
    reactor.pump();
    await settled();
    expect(order).toEqual(['begin']);
    finish();
    await settled();
    reactor.pump();
    expect((await ended).errors).toEqual([]);
    expect(order).toEqual(['begin', 'end', 'over', 'during']);
  });

  it('C57: waitUntil with whenDone() of a task holds the stop until the task has finished', async () => {
    const reactor = strictReactor();
    const order: string[] = [];
    function* steps(): Generator<void> {
      for (let step = 0; step < 3_000; step++) yield; // more than one turn takes
      order.push('finished');
    }
    reactor.on('shutdown', () => order.push('during'));
    const ended = reactor.run();
    reactor.waitUntil(cooperate(reactor, steps()).whenDone());
    void reactor.stop();
    while (order.length < 2) {
      reactor.pump();
      await settled();
    }
    expect((await ended).errors).toEqual([]);
    expect(order).toEqual(['finished', 'during']);
  });
});
