import { describe, expect, it } from '@jest/globals';
import { isStopRejection } from '../src/ground/is-stop-rejection.ts';

describe('rejections that say no more than that it was told', () => {
  it('C58: an error that is undefined is not the reason of a stop that has none', () => {
    expect([isStopRejection(undefined, undefined), isStopRejection(null, undefined)]).toEqual([false, false]);
    expect(isStopRejection(new Error('x'), undefined)).toBe(false);
    expect(isStopRejection({ code: 'ERR_TRIPHASE_STOPPED' })).toBe(true);
  });
});
