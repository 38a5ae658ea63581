import { describe, expect, it } from '@jest/globals';
import { ReactorStoppedError, ReactorStoppingError } from '../src/index.ts';
import { isStopRejection } from '../src/ground/is-stop-rejection.ts';

const reason = { kind: 'stop' };

describe('isStopRejection(): whether an error only says that the work was told to stop', () => {
  it.each<{ readonly name: string; readonly error: unknown; readonly expected: boolean }>([
    { name: 'the reason itself', error: reason, expected: true },
    { name: 'an error with the reason as its cause', error: new Error('aborted', { cause: reason }), expected: true },
    { name: 'an AbortError without the reason', error: new DOMException('aborted', 'AbortError'), expected: true },
    { name: 'a sleep that the end of the run cut', error: new ReactorStoppedError('over'), expected: true },
    { name: 'work that a closed gate refused', error: new ReactorStoppingError('closed'), expected: true },
    { name: 'any other error', error: new Error('disk full'), expected: false },
    { name: 'undefined', error: undefined, expected: false },
  ])('C29, C58, N24, C62: $name: $expected', ({ error, expected }) => {
    expect(isStopRejection(error, reason)).toBe(expected);
  });

  it('C58: without a reason, undefined and null are no stop rejections; a coded error is one', () => {
    expect([isStopRejection(undefined, undefined), isStopRejection(null, undefined)]).toEqual([false, false]);
    expect(isStopRejection(new Error('x'), undefined)).toBe(false);
    expect(isStopRejection({ code: 'ERR_TRIPHASE_STOPPED' })).toBe(true);
  });
});
