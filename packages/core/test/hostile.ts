import { expect } from '@jest/globals';
import type { ReactorOptions } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

// What users may hand over and no program can use.

/** Throws; as a getter it is a value that can't be read. */
export function unreadable(): never {
  throw new RangeError('cannot be read');
}

/** An options object with a getter that throws. */
export function withGetter(key: string): object {
  return Object.defineProperty({}, key, { enumerable: true, get: unreadable });
}

/** A proxy that throws whatever is done with it. */
export function revoked(): object {
  const { proxy, revoke }: { proxy: object; revoke: () => void } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What it is, and how to make one. */
export type Cases = readonly (readonly [string, () => unknown])[];

/** What is given in place of an `AbortSignal`. */
export const NO_SIGNALS: Cases = [
  ['{}', () => ({})],
  ['null', () => null],
  ['a string', () => 'abort'],
  ['a controller', () => new AbortController()],
  ['one without addEventListener', () => ({ aborted: false, removeEventListener: () => undefined })],
  ['one without removeEventListener', () => ({ aborted: false, addEventListener: () => undefined })],
  [
    'one whose aborted throws',
    () => Object.assign(withGetter('aborted'), { addEventListener: () => 0, removeEventListener: () => 0 }),
  ],
  [
    'one whose addEventListener throws',
    () => ({ aborted: false, addEventListener: unreadable, removeEventListener: () => 0 }),
  ],
  ['a revoked proxy', revoked],
];

/** It has no trigger for this event, and works: all phases of another one run, and a stop ends. */
export async function expectIntact(reactor: HandTurnedReactor, errors: readonly unknown[]): Promise<void> {
  expect((await reactor.fire('job')).counts).toEqual({ before: 0, during: 0, after: 0 });
  const phases: string[] = [];
  reactor.once('probe', {
    before: () => phases.push('before'),
    during: () => phases.push('during'),
    after: () => phases.push('after'),
  });
  await reactor.fire('probe');
  expect([phases, reactor.isFiring('job'), reactor.isFiring('probe')]).toEqual([
    ['before', 'during', 'after'],
    false,
    false,
  ]);
  expect([reactor.pending(), reactor.getDelayedCalls(), reactor.turnRequested]).toEqual([[], [], false]);
  if (reactor.state === 'idle') void reactor.run();
  const ended = reactor.stop();
  reactor.pump();
  await ended;
  expect([reactor.state, errors]).toEqual(['stopped', []]);
}

export function createReactor(options: ReactorOptions = {}): [HandTurnedReactor, unknown[]] {
  const errors: unknown[] = [];
  return [new HandTurnedReactor({ onError: (error) => errors.push(error), ...options }), errors];
}
