import { describe, expect, it } from '@jest/globals';
import { every, scaledClock } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

const trap = {
  valueOf: (): number => {
    throw new Error('compared');
  },
};

describe.each([
  { title: 'a symbol', value: Symbol('five') },
  { title: 'an object', value: trap },
  { title: 'a bigint', value: 5n },
  { title: 'a string', value: '5' },
])('C65: a number option that is $title', ({ value }) => {
  const given = value as never;

  it.each([
    {
      name: 'maxSliceMs',
      use: () => new HandTurnedReactor({ maxSliceMs: given }),
      message: /^maxSliceMs is .*: give a number above 0$/,
    },
    {
      name: 'maxBatch',
      use: () => new HandTurnedReactor({ maxBatch: given }),
      message: /^maxBatch is .*: give a number above 0$/,
    },
    {
      name: 'rate',
      use: () => scaledClock(new HandTurnedReactor(), { rate: given }),
      message: /^The rate of a clock is .*: give a number from 0$/,
    },
    {
      name: 'jitter',
      use: () => every(new HandTurnedReactor(), 1, () => undefined, { jitter: given }),
      message: /^The jitter of a loop is .*: give a fraction of the interval, from 0 to 1$/,
    },
  ])('$name: is a TypeError that names it, and is never compared', ({ use, message }) => {
    expect(use).toThrow(TypeError);
    expect(use).toThrow(message);
  });
});
