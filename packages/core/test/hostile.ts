import { expect } from '@jest/globals';
import type { ReactorOptions } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

// Values that users may pass, and that no program can use.

/** A text that would forge a line of a log, move the cursor, colour the rest, or turn the direction of the text. */
export const HOSTILE_TEXT = 'a\nb\rc\u001b[31md\u0000e\u202ef\u2028g\u009bh\ud800i';

/** Throws; as a getter it is a value that can't be read. */
export function unreadable(): never {
  throw new RangeError('cannot be read');
}

/** An options object with a getter that throws. */
export function withGetter(key: string): object {
  return Object.defineProperty({}, key, { enumerable: true, get: unreadable });
}

/** A proxy that throws at every use. */
export function revoked(): object {
  const { proxy, revoke }: { proxy: object; revoke: () => void } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A value that no program can use, made anew for each test. */
export interface Case {
  readonly name: string;
  readonly make: () => unknown;
}

/** What is given in place of an `AbortSignal`. The first six throw a `TypeError` that names the signal; the others throw when they are used. */
export const NO_SIGNALS: readonly Case[] = [
  { name: '{}', make: () => ({}) },
  { name: 'null', make: () => null },
  { name: 'a string', make: () => 'abort' },
  { name: 'a controller', make: () => new AbortController() },
  {
    name: 'one without addEventListener',
    make: () => ({ aborted: false, removeEventListener: () => undefined }),
  },
  {
    name: 'one without removeEventListener',
    make: () => ({ aborted: false, addEventListener: () => undefined }),
  },
  {
    name: 'one whose aborted throws',
    make: () => Object.assign(withGetter('aborted'), { addEventListener: () => 0, removeEventListener: () => 0 }),
  },
  {
    name: 'one whose addEventListener throws',
    make: () => ({ aborted: false, addEventListener: unreadable, removeEventListener: () => 0 }),
  },
  { name: 'a revoked proxy', make: revoked },
];

/** Checks that `job` has no trigger, that another event runs all its phases, and that a stop ends without errors. */
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

/** A reactor, and the errors that it reports. */
export function createReactor(options: ReactorOptions = {}): [HandTurnedReactor, unknown[]] {
  const errors: unknown[] = [];
  return [new HandTurnedReactor({ onError: (error) => errors.push(error), ...options }), errors];
}
