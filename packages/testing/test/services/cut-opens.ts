import { type OpenContext, ReactorStoppedError, type TriggerContext } from '@triphase/core';

export const REASON = { kind: 'mine' };

export const refused = new Error('refused');

/** Pends until its signal aborts, then rejects with what `say` makes of the reason. */
export function rejectsWhenAborted(say: (reason: unknown) => unknown): (context: TriggerContext) => Promise<never> {
  return ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(say(signal.reason));
      });
    });
}

export const same = (reason: unknown): unknown => reason;

export const obedient = rejectsWhenAborted(same);

export const stubborn = rejectsWhenAborted(() => refused);

export const told: readonly [string, (reason: unknown) => unknown][] = [
  ['the reason of the stop', same],
  ['an error whose cause is the reason', (cause) => new Error('aborted', { cause })],
  ['an AbortError', () => new DOMException('aborted', 'AbortError')],
  ['ReactorStoppedError', () => new ReactorStoppedError('over')],
];

/** `open` of a resource that opens at once the first time, and later does as `again`. */
export function second(contexts: OpenContext[], again: (context: TriggerContext) => unknown) {
  return (context: OpenContext): unknown => (contexts.push(context) === 1 ? 'open' : again(context));
}
