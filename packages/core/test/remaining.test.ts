import { describe, expect, it } from '@jest/globals';
import type { Limits, TriggerContext } from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { never } from './never.ts';

/** Fires an event whose trigger pends. Returns the context of the call, and what `remaining()` was in its synchronous part. */
function firing(
  limits: Limits | undefined,
  timeout?: number,
): { reactor: HandTurnedReactor; context: TriggerContext; atCall: number } {
  const reactor = new HandTurnedReactor({ onError: () => undefined });
  const seen: { context?: TriggerContext; atCall?: number } = {};
  reactor.on(
    'job',
    {
      before: (context) => {
        seen.context = context;
        seen.atCall = context.remaining();
        return never();
      },
    },
    timeout === undefined ? {} : { timeout },
  );
  void reactor.fire('job', undefined, limits === undefined ? {} : { limits });
  return { reactor, context: seen.context!, atCall: seen.atCall! };
}

describe('context.remaining()', () => {
  it.each<{
    readonly what: string;
    readonly limits: Limits | undefined;
    readonly timeout: number | undefined;
    readonly expected: number;
  }>([
    { what: 'no limit', limits: undefined, timeout: undefined, expected: Infinity },
    { what: 'its own timeout', limits: undefined, timeout: 50, expected: 50 },
    { what: 'the limit of the phase', limits: { before: 40, during: 10 }, timeout: undefined, expected: 40 },
    { what: 'the deadline', limits: { deadline: 30 }, timeout: undefined, expected: 30 },
    { what: 'the first of them', limits: { deadline: 30, before: 40 }, timeout: 50, expected: 30 },
    { what: 'a timeout before the others', limits: { deadline: 30, before: 40 }, timeout: 20, expected: 20 },
  ])(
    'C69: $what: remaining() counts down from $expected, in the synchronous part and while pending',
    ({ limits, timeout, expected }) => {
      const { reactor, context, atCall } = firing(limits, timeout);
      expect([atCall, context.remaining()]).toEqual([expected, expected]);
      reactor.advance(15);
      expect(context.remaining()).toBe(expected - 15);
      if (expected === Infinity) return;
      reactor.advance(expected - 15);
      expect([context.remaining(), context.signal.aborted]).toEqual([0, true]);
    },
  );

  it('C21, C69: remaining() works without its context', () => {
    const { context } = firing({ before: 40 });
    const { remaining } = context;
    expect(remaining()).toBe(40);
  });

  it('C69: remaining() is 0 once the firing is escalated', () => {
    const reactor = new HandTurnedReactor();
    let context: TriggerContext | undefined;
    reactor.on('shutdown', {
      before: (given) => {
        context = given;
        return never();
      },
    });
    void reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    expect(context?.remaining()).toBe(Infinity);
    reactor.escalate();
    expect(context?.remaining()).toBe(0);
  });

  it('C29, C69: the deadline of shutdown counts from the stop, and a later phase has the rest of it', async () => {
    const reactor = new HandTurnedReactor({ limits: { shutdown: { deadline: 100 } }, onError: () => undefined });
    const seen: number[] = [];
    let finish = (): void => undefined;
    reactor.on('shutdown', {
      before: (context) => {
        seen.push(context.remaining());
        return new Promise<void>((resolve) => (finish = resolve));
      },
      after: (context) => seen.push(context.remaining()),
    });
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    reactor.advance(60);
    finish();
    await settled();
    reactor.pump();
    await ended;
    expect(seen).toEqual([100, 40]);
  });

  it('C66, C69: a service that was called late, because it waited for another one, has 500 ms of its own', async () => {
    const reactor = new HandTurnedReactor({ limits: { shutdown: { during: 1_000 } }, onError: () => undefined });
    const seen: number[] = [];
    const contexts: TriggerContext[] = [];
    const db = reactor.use({
      name: 'db',
      shutdown: {
        during: (context) => {
          contexts.push(context);
          seen.push(context.remaining());
          return never();
        },
      },
    });
    let finish = (): void => undefined;
    reactor.use({
      name: 'consumer',
      needs: [db],
      shutdown: { during: () => new Promise<void>((resolve) => (finish = resolve)) },
    });
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    reactor.advance(900);
    finish();
    await settled();
    expect([seen, contexts[0]?.remaining()]).toEqual([[500], 500]);
    reactor.advance(100); // the limit of the phase: db stays
    expect(contexts[0]?.remaining()).toBe(400);
    reactor.advance(400);
    expect((await ended).shutdown?.abandoned.map(({ name, age }) => `${name} ${String(age)}`)).toEqual(['db 500']);
  });
});
