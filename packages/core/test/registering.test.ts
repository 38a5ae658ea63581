import { describe, expect, it } from '@jest/globals';
import type { Phases } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';
import { never } from './never.ts';

describe('registering', () => {
  it.each(['on', 'once'] as const)('C53: %s without a phase is refused, and the message names the event', (form) => {
    const reactor = new HandTurnedReactor();
    const register = (): unknown => reactor[form]('reload', {});
    expect(register).toThrow(TypeError);
    expect(register).toThrow(/reload.* has no phase/);
    expect(() => reactor[form]('reload', { before: undefined } as unknown as Phases)).toThrow(TypeError);
  });

  it('C53: the message about a phase that is no function names the event and the phase', () => {
    const reactor = new HandTurnedReactor();
    const phases = { during: 7 } as unknown as Phases; // as: callers without types
    expect(() => reactor.on('reload', phases)).toThrow(/reload.*during|during.*reload/);
  });

  it.each<{ readonly what: string; readonly type: string | number | symbol }>([
    { what: 'a string', type: 'event' },
    { what: 'a number', type: 7 },
    { what: 'a symbol', type: Symbol('event') },
  ])('C22: limits by event type are found for $what', async ({ type }) => {
    const reactor = new HandTurnedReactor({ limits: { [type]: { during: 10 } }, onError: () => undefined });
    reactor.on(type, never);
    const fired = reactor.fire(type);
    reactor.advance(10);
    expect((await fired).abandoned).toHaveLength(1);
  });
});
