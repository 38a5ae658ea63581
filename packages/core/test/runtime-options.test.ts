import { expect, test } from '@jest/globals';
import { checkSignals } from '@triphase/core';

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['false', false],
  ['an empty list, which is as false', []],
  ['a signal that comes twice', ['SIGTERM', 'SIGTERM']],
  ['signals of several systems', ['SIGTERM', 'SIGBREAK', 'SIGPWR', 'SIGINFO']],
])('N27: %s is accepted', (_what, signals) => {
  expect(() => checkSignals(signals)).not.toThrow();
});

test.each([
  ['SIGTREM', 'SIGTERM'],
  ['TERM', 'SIGTERM'],
  ['sigterm', 'SIGTERM'],
  ['SIGTERM ', 'SIGTERM'],
  ['int', 'SIGINT'],
  ['SIGUSR', 'SIGUSR1'],
  ['SIG HUP', 'SIGHUP'],
])('N27: "%s" is refused, and the message names %s', (name, nearest) => {
  const message = `signals has "${name}", and there is no such signal: did you mean '${nearest}'?`;
  expect(() => checkSignals(['SIGINT', name])).toThrow(new TypeError(message));
});

test('N27: a name that is near to none is refused with an example', () => {
  const message = `signals has "shutdown", and there is no such signal: give names such as 'SIGTERM'`;
  expect(() => checkSignals(['shutdown'])).toThrow(new TypeError(message));
});

test.each([
  ['SIGKILL', 'SIGKILL'],
  ['SIGSTOP', 'SIGSTOP'],
  ['kill', 'SIGKILL'],
])('N27: "%s" is refused, since no process can listen to it', (name, full) => {
  const message = `signals has '${name}', and no process can listen to ${full}: take it out of the list`;
  expect(() => checkSignals(['SIGTERM', name])).toThrow(new TypeError(message));
});

test.each([
  ['SIGTERM', 'signals is string: '],
  [true, 'signals is boolean: '],
  [null, 'signals is null: '],
  [[15], 'signals has a value of type number: '],
  [[undefined], 'signals has a value of type undefined: '],
])('N27: %j is refused with its type', (signals, start) => {
  const check = (): void => checkSignals(signals);
  expect(check).toThrow(TypeError);
  expect(check).toThrow(start);
});
