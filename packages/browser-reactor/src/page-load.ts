import type { HostControl } from '@triphase/core';
import { dispose } from './dispose.ts';

/** How far a page is loaded, in the words of `document.readyState`; `now` does not ask. */
export type StartAt = 'now' | 'interactive' | 'complete';

/** The values of {@link StartAt}. */
export const START_AT: readonly StartAt[] = ['now', 'interactive', 'complete'];

/** What tells that a page is loaded further, or that a prerendered one is shown. */
const EVENTS = ['readystatechange', 'prerenderingchange'] as const;

/**
 * Holds the start back until the page is loaded as far as `startAt` says and is no longer prerendered, or until it is disposed (B8, B18).
 * [HTML Standard: current document readiness; Prerendering Revamped]
 */
export function whenLoaded(document: Document, startAt: StartAt, control: HostControl): Disposable {
  const isReached = (): boolean => {
    const { readyState } = document;
    if (startAt === 'now') return true;
    return !isPrerendering(document) && (readyState === 'complete' || readyState === startAt);
  };
  const start = isReached() ? undefined : control.holdStart();
  const look = (): void => {
    if (!isReached()) return;
    stopLooking();
    start?.();
  };
  const stopLooking = (): void => {
    for (const event of EVENTS) document.removeEventListener(event, look);
  };
  if (start !== undefined) for (const event of EVENTS) document.addEventListener(event, look);
  return { [dispose]: stopLooking };
}

/** Whether the page was loaded before anybody asked for it, and may never be shown: Chromium alone does that. */
export function isPrerendering(document: Document | undefined): boolean {
  return (document as { readonly prerendering?: boolean } | undefined)?.prerendering === true; // as: not in the DOM's types
}
