import { expect, test } from '@jest/globals';
import { checkSignals } from '@triphase/core';

test.each<{ readonly what: string; readonly signals: unknown }>([
  { what: 'nothing', signals: undefined },
  { what: 'false', signals: false },
  { what: 'an empty list, which is as false', signals: [] },
  { what: 'a signal that comes twice', signals: ['SIGTERM', 'SIGTERM'] },
  { what: 'signals of several systems', signals: ['SIGTERM', 'SIGBREAK', 'SIGPWR', 'SIGINFO'] },
])('N27: $what is accepted', ({ signals }) => {
  expect(() => checkSignals(signals)).not.toThrow();
});

test.each([
  { name: 'SIGTREM', nearest: 'SIGTERM' },
  { name: 'TERM', nearest: 'SIGTERM' },
  { name: 'sigterm', nearest: 'SIGTERM' },
  { name: 'SIGTERM ', nearest: 'SIGTERM' },
  { name: 'int', nearest: 'SIGINT' },
  { name: 'SIGUSR', nearest: 'SIGUSR1' },
  { name: 'SIG HUP', nearest: 'SIGHUP' },
])('N27: "$name" is refused, and the message names $nearest', ({ name, nearest }) => {
  const message = `signals has "${name}", and there is no such signal: did you mean '${nearest}'?`;
  expect(() => checkSignals(['SIGINT', name])).toThrow(new TypeError(message));
});

test('N27: a name that is near to none is refused with an example', () => {
  const message = `signals has "shutdown", and there is no such signal: give names such as 'SIGTERM'`;
  expect(() => checkSignals(['shutdown'])).toThrow(new TypeError(message));
});

test.each([
  { name: 'SIGKILL', full: 'SIGKILL' },
  { name: 'SIGSTOP', full: 'SIGSTOP' },
  { name: 'kill', full: 'SIGKILL' },
])('N27: "$name" is refused, since no process can listen to it', ({ name, full }) => {
  const message = `signals has '${name}', and no process can listen to ${full}: take it out of the list`;
  expect(() => checkSignals(['SIGTERM', name])).toThrow(new TypeError(message));
});

test.each([
  { signals: 'SIGTERM', start: 'signals is string: ' },
  { signals: true, start: 'signals is boolean: ' },
  { signals: null, start: 'signals is null: ' },
  { signals: [15], start: 'signals has a value of type number: ' },
  { signals: [undefined], start: 'signals has a value of type undefined: ' },
])('N27: $signals is refused with its type', ({ signals, start }) => {
  const check = (): void => checkSignals(signals);
  expect(check).toThrow(TypeError);
  expect(check).toThrow(start);
});
