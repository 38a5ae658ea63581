import { expect, it } from '@jest/globals';
import { ReactorStoppedError, ReactorStoppingError } from '@triphase/core';
import { isStopRejection } from '../../core/src/process/is-stop-rejection.ts';

const reason = { kind: 'stop' };

it.each<[string, unknown, boolean]>([
  ['the reason itself', reason, true],
  ['an error with the reason as its cause', new Error('aborted', { cause: reason }), true],
  ['a sleep that the end of the run cut', new ReactorStoppedError('over'), true],
  ['work that a closed gate refused', new ReactorStoppingError('closed'), true],
  ['any other error', new Error('disk full'), false],
  ['undefined', undefined, false],
])('N24, C62: whether somebody only says that it was told to stop: %s', (_what, error, expected) => {
  expect(isStopRejection(error, reason)).toBe(expected);
});
