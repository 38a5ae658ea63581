import { describe, expect, it } from '@jest/globals';
import { ThreePhaseEvent } from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { revoked, unreadable, withGetter } from './hostile.ts';

describe('a clock that throws', () => {
  class BrokenClock extends HandTurnedReactor {
    broken = false;
    protected override hostNow(): number {
      if (this.broken) throw new Error('no clock');
      return super.hostNow();
    }
  }

  it('C15: fire() does not throw because of it, and the event is not left firing', async () => {
    const errors: string[] = [];
    const reactor: BrokenClock = new BrokenClock({
      onError: (error) => errors.push((error as Error).message),
      limits: { job: { deadline: 100 } },
    });
    let phases = 0;
    reactor.on('job', { before: () => phases++, during: () => settled(), after: () => phases++ });
    reactor.broken = true;
    await reactor.fire('job', undefined, { timings: true });
    expect([phases, reactor.isFiring('job'), new Set(errors)]).toEqual([2, false, new Set(['no clock'])]);
  });

  it('C28: a stop still ends', async () => {
    const reactor: BrokenClock = new BrokenClock({ onError: () => undefined });
    void reactor.run();
    reactor.pump();
    reactor.broken = true;
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    expect(reactor.state).toBe('stopped');
  });

  it('C15: an event without a reactor whose clock throws is not left firing', async () => {
    const errors: unknown[] = [];
    const clock = {
      now: unreadable,
      callLater: unreadable,
      callSoon: unreadable,
      signal: new AbortController().signal,
    };
    const event = new ThreePhaseEvent('job', {
      clock,
      limits: { deadline: 5 },
      timings: true,
      onError: (error) => errors.push(error),
    });
    let phases = 0;
    event.addTrigger('before', () => phases++);
    event.addTrigger('during', () => settled());
    event.addTrigger('after', () => phases++);
    await event.fire();
    expect([phases, event.isFiring]).toEqual([2, false]);
  });
});

describe('a stop with a reason that cannot be read', () => {
  it.each([
    { name: 'kind', make: () => withGetter('kind') },
    { name: 'signal', make: () => Object.assign(withGetter('signal'), { kind: 'mine' }) },
    { name: 'a revoked proxy', make: revoked },
  ])('C28: $name: it ends, and its result can be printed', async ({ make }) => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    const ended = reactor.run();
    reactor.pump();
    let result: unknown;
    try {
      void reactor.stop(make() as { kind: string }); // as: what callers without types pass
      reactor.pump();
      result = String(await ended);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError); // refused at once
      expect(reactor.state).toBe('running');
      return;
    }
    expect([reactor.state, result]).toEqual(['stopped', expect.stringContaining('run ended')]);
  });

  it('C24: an abort signal whose reason cannot be read stops the reactor', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    const listeners: (() => void)[] = [];
    const signal = Object.defineProperty(
      {
        aborted: false,
        addEventListener: (_: 'abort', fn: () => void) => listeners.push(fn),
        removeEventListener: unreadable,
      },
      'reason',
      { get: unreadable },
    ) as unknown as AbortSignal; // as: all that is read of it
    const ended = reactor.run({ signal });
    reactor.pump();
    for (const listener of listeners) expect(listener).not.toThrow();
    reactor.pump();
    expect((await ended).reason.kind).toBe('abort');
  });
});

describe('C19: a value that is no handle throws UnknownTriggerError', () => {
  it.each([
    { name: 'a revoked proxy', make: revoked },
    { name: 'one whose event throws', make: () => withGetter('event') },
    { name: 'null', make: () => null },
    { name: 'a function', make: () => () => undefined },
  ])('$name', ({ make }) => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    reactor.on('job', () => undefined);
    expect(() => reactor.removeSystemEventTrigger(make() as never)).toThrow(/No such trigger/); // as: what callers without types pass
  });

  it('a copy of a handle, with its prototype and its fields', () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    const handle = reactor.on('job', () => undefined);
    const copy = Object.assign(Object.create(Object.getPrototypeOf(handle) as object), handle) as typeof handle;
    expect(() => reactor.removeSystemEventTrigger(copy)).toThrow(/No such trigger/);
    expect(handle.remove()).toBe(true);
  });
});
