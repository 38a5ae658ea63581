import { describe, expect, it } from '@jest/globals';
import { ReactorBase, type Host } from '@triphase/core';
import { randomOf } from '../src/ground/random-of.ts';
import { HandClock } from './hand-clock.ts';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

describe('the optional members of a clock', () => {
  it('C55: every reactor has wallNow and random, from its host', () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ host: { wallNow: () => 1_234, random: () => 0.25 } });
    expect([reactor.wallNow(), reactor.random()]).toEqual([1_234, 0.25]);
  });

  it('C55: by default they are Date.now and Math.random of the time when the reactor was made', () => {
    const reactor: ReactorBase = new HandTurnedReactor();
    const { now } = Date;
    const { random } = Math;
    const before = now();
    try {
      Date.now = () => 5;
      Math.random = () => 5;
      const seen = [reactor.wallNow(), reactor.random()] as const;
      expect(seen[0]).toBeGreaterThanOrEqual(before);
      expect(seen[1]).toBeLessThan(1);
      const later = new HandTurnedReactor();
      // C4: a new reactor takes all functions from its host, here the fake ones.
      expect([later.wallNow(), later.random()]).toEqual([5, 5]);
    } finally {
      Date.now = now;
      Math.random = random;
    }
  });

  it('C3, C55: making a reactor calls neither of them', () => {
    const calls: string[] = [];
    const host: Partial<Host> = { wallNow: () => calls.push('wallNow'), random: () => calls.push('random') };
    new HandTurnedReactor({ host });
    expect(calls).toEqual([]);
  });

  it.each([NaN, 1, -0.1, '0.5', undefined])('C55: a random source that returns %p is not used', (wrong) => {
    const clock = Object.assign(new HandClock(), { random: () => wrong as number }); // as: a clock of a program without types
    for (let i = 0; i < 20; i++) {
      const random = randomOf(clock);
      expect(random >= 0 && random < 1).toBe(true);
    }
  });

  it('C55: a clock without random gets Math.random', () => {
    const numbers = new Set(Array.from({ length: 20 }, () => randomOf(new HandClock())));
    expect(numbers.size).toBe(20);
  });
});
