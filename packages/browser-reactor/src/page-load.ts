import type { HostControl } from '@triphase/core';
import { dispose } from './dispose.ts';

/** How far a page is loaded, in the words of `document.readyState`; `now` does not ask. */
export type StartAt = 'now' | 'interactive' | 'complete';

/** Its words. */
export const START_AT: readonly StartAt[] = ['now', 'interactive', 'complete'];

/** Holds the start back until the page is loaded so far, or it is disposed. [HTML Standard: current document readiness] */
export function whenLoaded(document: Document, startAt: StartAt, control: HostControl): Disposable {
  const isReached = (): boolean => {
    const { readyState } = document;
    return startAt === 'now' || readyState === 'complete' || readyState === startAt;
  };
  const start = isReached() ? undefined : control.holdStart();
  const look = (): void => {
    if (!isReached()) return;
    stopLooking();
    start?.();
  };
  const stopLooking = (): void => {
    document.removeEventListener('readystatechange', look);
  };
  if (start !== undefined) document.addEventListener('readystatechange', look);
  return { [dispose]: stopLooking };
}
