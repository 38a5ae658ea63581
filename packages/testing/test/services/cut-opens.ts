import { type OpenContext, ReactorStoppedError, type TriggerContext } from '@triphase/core';

/** The reason of each stop. */
export const REASON = { kind: 'mine' };

/** The error of a failing `open`. */
export const refused = new Error('refused');

/** An `open` that is pending until its signal aborts, and then rejects with `errorFor(reason)`. */
export function rejectsWhenAborted(
  errorFor: (reason: unknown) => unknown,
): (context: TriggerContext) => Promise<never> {
  return ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(errorFor(signal.reason));
      });
    });
}

const same = (reason: unknown): unknown => reason;

/** Rejects with the reason of the abort. */
export const obedient = rejectsWhenAborted(same);

/** Rejects with another error when it is aborted. */
export const stubborn = rejectsWhenAborted(() => refused);

/** Rejections that are no failure once the signal has aborted. */
export const HARMLESS_REJECTIONS: readonly {
  readonly what: string;
  readonly errorFor: (reason: unknown) => unknown;
}[] = [
  { what: 'the reason of the stop', errorFor: same },
  { what: 'an error whose cause is the reason', errorFor: (cause) => new Error('aborted', { cause }) },
  { what: 'an AbortError', errorFor: () => new DOMException('aborted', 'AbortError') },
  { what: 'ReactorStoppedError', errorFor: () => new ReactorStoppedError('over') },
];

/** An `open` that opens at once the first time, and calls `again` each later time. It adds its contexts to `contexts`. */
export function openThen(contexts: OpenContext[], again: (context: TriggerContext) => unknown) {
  return (context: OpenContext): unknown => (contexts.push(context) === 1 ? 'open' : again(context));
}
