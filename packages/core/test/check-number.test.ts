import { describe, expect, it } from '@jest/globals';
import { every, scaledClock } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

const trap = {
  valueOf: (): number => {
    throw new Error('compared');
  },
};

describe.each([
  ['a symbol', Symbol('five')],
  ['an object', trap],
  ['a bigint', 5n],
  ['a string', '5'],
])('C65: a number option that is %s', (_title, value) => {
  const given = value as never;

  it.each([
    ['maxSliceMs', () => new HandTurnedReactor({ maxSliceMs: given }), /^maxSliceMs is .*: give a number above 0$/],
    ['maxBatch', () => new HandTurnedReactor({ maxBatch: given }), /^maxBatch is .*: give a number above 0$/],
    [
      'rate',
      () => scaledClock(new HandTurnedReactor(), { rate: given }),
      /^The rate of a clock is .*: give a number from 0$/,
    ],
    [
      'jitter',
      () => every(new HandTurnedReactor(), 1, () => undefined, { jitter: given }),
      /^The jitter of a loop is .*: give a fraction of the interval, from 0 to 1$/,
    ],
  ])('%s: is a TypeError that names it, and is never compared', (_name, use, message) => {
    expect(use).toThrow(TypeError);
    expect(use).toThrow(message);
  });
});
