import { expect, it } from '@jest/globals';
import { ReactorStoppedError, ReactorStoppingError } from '@triphase/core';
import { isStopRejection } from '../../core/src/process/is-stop-rejection.ts';

const reason = { kind: 'stop' };

it.each<{ readonly what: string; readonly error: unknown; readonly expected: boolean }>([
  { what: 'the reason itself', error: reason, expected: true },
  { what: 'an error with the reason as its cause', error: new Error('aborted', { cause: reason }), expected: true },
  { what: 'a sleep that the end of the run cut', error: new ReactorStoppedError('over'), expected: true },
  { what: 'work that a closed gate refused', error: new ReactorStoppingError('closed'), expected: true },
  { what: 'any other error', error: new Error('disk full'), expected: false },
  { what: 'undefined', error: undefined, expected: false },
])('N24, C62: whether somebody only says that it was told to stop: $what', ({ error, expected }) => {
  expect(isStopRejection(error, reason)).toBe(expected);
});
