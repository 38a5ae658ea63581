import { describe, expect, it, jest } from '@jest/globals';

import {
  EventAlreadyFiringError,
  InvalidPhaseError,
  ThreePhaseEvent,
  TriggerTimeoutError,
  UnknownTriggerError,
  type Phase,
  type TriggerContext,
} from '@triphase/core';

import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { never } from './never.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];
describe('ThreePhaseEvent, the engine without a reactor', () => {
  it('C9, C12: runs its phases in order, inside the call where nothing pends', () => {
    const event = new ThreePhaseEvent('save');
    const calls: Phase[] = [];
    for (const phase of [...PHASES].reverse()) event.addTrigger(phase, () => calls.push(phase));
    void event.fire();
    expect([calls, event.isFiring, event.type]).toEqual([PHASES, false, 'save']);
  });

  it('C10: each phase waits for the promises of the one before it', async () => {
    const event: ThreePhaseEvent<number> = new ThreePhaseEvent('save');
    const calls: string[] = [];
    let release: () => void = () => undefined;
    event.addTrigger('before', ({ detail }) => {
      calls.push(`before ${detail}`);
      return new Promise<void>((resolve) => (release = resolve));
    });
    event.addTrigger('during', () => calls.push('during'));
    const firing = event.fire(7);
    expect([calls, event.isFiring]).toEqual([['before 7'], true]);
    expect(() => event.fire(8)).toThrow(EventAlreadyFiringError);
    release();
    const { counts } = await firing;
    expect([calls, counts]).toEqual([['before 7', 'during'], { before: 1, during: 1, after: 0 }]);
  });

  it('C6, C19: refuses wrong phases, triggers and handles, as a reactor does', () => {
    const event = new ThreePhaseEvent('save');
    const other = new ThreePhaseEvent('save');
    expect(() => event.addTrigger('befor' as Phase, () => 1)).toThrow(InvalidPhaseError);
    expect(() => event.addTrigger('before', 7 as unknown as () => 1)).toThrow(TypeError);
    const handle = other.addTrigger('before', () => 1);
    expect(() => {
      event.removeTrigger(handle);
    }).toThrow(UnknownTriggerError);
    expect(() => {
      event.removeTrigger({} as typeof handle);
    }).toThrow(UnknownTriggerError);
    other.removeTrigger(handle);
    expect(handle.remove()).toBe(false);
  });

  it('C14: reports to its own onError', async () => {
    const seen: unknown[] = [];
    const event = new ThreePhaseEvent('save', { onError: (error, source) => seen.push([error, source]) });
    event.addTrigger(
      'during',
      () => {
        throw 'full';
      },
      { name: 'disk' },
    );
    await event.fire();
    expect(seen).toEqual([['full', { kind: 'trigger', name: 'disk', event: 'save', phase: 'during' }]]);
  });

  it('C48: without an onError it prints, and goes on', async () => {
    const print = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      const event = new ThreePhaseEvent('save');
      event.addTrigger(
        'during',
        () => {
          throw new Error('disk full');
        },
        { name: 'journal' },
      );
      event.addTrigger('after', () => 1);
      expect((await event.fire()).counts.after).toBe(1);
      expect(print.mock.calls.length).toBe(1);
      expect(String(print.mock.calls[0])).toMatch(/journal[^]*save[^]*disk full/);
    } finally {
      print.mockRestore();
    }
  });

  it('C15: without a clock a firing lasts 0 ms', async () => {
    const event = new ThreePhaseEvent('save');
    event.addTrigger('during', () => settled());
    expect((await event.fire()).duration).toBe(0);
  });

  it('C22: limits and timings asked for without a clock throw a TypeError, and nothing is registered or fired', async () => {
    expect(() => new ThreePhaseEvent('save', { limits: { deadline: 5 } })).toThrow(TypeError);
    expect(() => new ThreePhaseEvent('save', { timings: true })).toThrow(TypeError);
    const event = new ThreePhaseEvent('save');
    expect(() => event.addTrigger('during', never, { timeout: 5 })).toThrow(TypeError);
    expect(() => event.fire(undefined, { limits: { during: 5 } })).toThrow(TypeError);
    expect(() => event.fire(undefined, { timings: true })).toThrow(TypeError);
    expect(event.isFiring).toBe(false);
    expect((await event.fire()).counts.during).toBe(0);
  });

  it('C22: with any clock its limits and timings work', async () => {
    const clock = new HandTurnedReactor();
    void clock.run();
    const event = new ThreePhaseEvent('save', {
      clock,
      onError: () => undefined,
      limits: { deadline: 100 },
      timings: true,
    });
    event.addTrigger('before', never, { name: 'slow', timeout: 10 });
    event.addTrigger('during', never, { name: 'slower' });
    const firing = event.fire();
    clock.advance(10);
    clock.advance(90);
    const { errors, escalated, duration, phases } = await firing;
    expect(errors.map((error) => error instanceof TriggerTimeoutError && [error.trigger, error.age])).toEqual([
      ['slow', 10],
      ['slower', 90],
    ]);
    expect([escalated, duration, phases?.during.duration]).toEqual([true, 100, 90]);
    expect(clock.getDelayedCalls()).toEqual([]);
  });
});

describe('the values of limits', () => {
  const wrong = [NaN, -1, -Infinity];
  const limits = ['before', 'during', 'after', 'deadline'];

  it.each(wrong)('C22: the timeout %d is refused with a RangeError, and nothing is registered', async (ms) => {
    const reactor = new HandTurnedReactor();
    expect(() => reactor.addSystemEventTrigger('during', 'event', never, { timeout: ms })).toThrow(RangeError);
    expect([(await reactor.fire('event')).counts.during, reactor.isFiring('event')]).toEqual([0, false]);
  });

  it.each(limits.flatMap((limit) => wrong.map((ms) => ({ limit, ms }))))(
    'C22: the limit $limit of $ms is refused with a RangeError, by fire() and by the reactor',
    ({ limit, ms }) => {
      const reactor = new HandTurnedReactor();
      expect(() => reactor.fire('event', undefined, { limits: { [limit]: ms } })).toThrow(RangeError);
      expect(() => new HandTurnedReactor({ limits: { event: { [limit]: ms } } })).toThrow(RangeError);
      expect(reactor.isFiring('event')).toBe(false);
    },
  );

  it('C22: a limit of 0 leaves time for promise jobs only', async () => {
    const reactor = new HandTurnedReactor({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => Promise.resolve(), { timeout: 0 });
    reactor.addSystemEventTrigger('during', 'event', never, { timeout: 0, name: 'slow' });
    const firing = reactor.fire('event');
    await settled();
    reactor.advance(1);
    expect((await firing).abandoned.map(({ name }) => name)).toEqual(['slow']);
  });

  it('C22: Infinity is no limit, and asks the host for no wakeup', async () => {
    const reactor = new HandTurnedReactor();
    let release: () => void = () => undefined;
    reactor.addSystemEventTrigger('during', 'event', () => new Promise<void>((resolve) => (release = resolve)), {
      timeout: Infinity,
    });
    const firing = reactor.fire('event', undefined, { limits: { deadline: Infinity, during: Infinity } });
    expect(reactor.iterate()).toBe(Infinity);
    release();
    expect((await firing).errors).toEqual([]);
  });
});

describe('the context of a trigger', () => {
  it('C21: it can be destructured, also after an await', async () => {
    const reactor = new HandTurnedReactor();
    const seen: unknown[] = [];
    reactor.on('event', async (context: TriggerContext) => {
      await settled();
      const { event, phase, name, detail, terminal, signal } = context;
      seen.push([event, phase, name, detail, terminal, signal.aborted]);
    });
    await reactor.fire('event', 7);
    expect(seen).toEqual([['event', 'during', 'event.during#1', 7, false, false]]);
  });
});
