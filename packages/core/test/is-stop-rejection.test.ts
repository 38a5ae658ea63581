import { describe, expect, it } from '@jest/globals';
import { ReactorStoppedError, ReactorStoppingError } from '../src/index.ts';
import { isStopRejection } from '../src/ground/is-stop-rejection.ts';

const reason = { kind: 'stop' };

describe('rejections that say no more than that it was told', () => {
  it.each<[string, unknown, boolean]>([
    ['the reason itself', reason, true],
    ['an error with the reason as its cause', new Error('aborted', { cause: reason }), true],
    ['an AbortError of its own', new DOMException('aborted', 'AbortError'), true],
    ['a sleep that the end of the run cut', new ReactorStoppedError('over'), true],
    ['work that a closed gate refused', new ReactorStoppingError('closed'), true],
    ['any other error', new Error('disk full'), false],
    ['undefined', undefined, false],
  ])('C29, C58, N24, C62: %s', (_what, error, expected) => {
    expect(isStopRejection(error, reason)).toBe(expected);
  });

  it('C58: an error that is undefined is not the reason of a stop that has none', () => {
    expect([isStopRejection(undefined, undefined), isStopRejection(null, undefined)]).toEqual([false, false]);
    expect(isStopRejection(new Error('x'), undefined)).toBe(false);
    expect(isStopRejection({ code: 'ERR_TRIPHASE_STOPPED' })).toBe(true);
  });
});
