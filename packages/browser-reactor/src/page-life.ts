import type { BrowserFunctions } from './browser-host.ts';
import { dispose } from './dispose.ts';
import type { PageChange } from './page-events.ts';
import { scriptStop } from './script-stop.ts';

type Page = Required<Pick<BrowserFunctions, 'window' | 'document'>>;

/**
 * Tells what happens to the page, each thing once and in one order, until it is disposed (B8). Engines differ: `visibilitychange` comes after
 * `pagehide`; `freeze` and `resume` are Chromium's alone, and come on top of `pagehide` and `pageshow` or without them. Here it is always
 *
 *     visible ─► hidden ─► suspend ─► resume ─► visible          hidden ─► shutdown
 *
 * There is no listener for `unload` or `beforeunload`: either could cost the page its place in the back/forward cache (B10).
 * Sources: HTML Standard, "page transition events"; Page Visibility; Page Lifecycle.
 */
export function watchPage({ window, document }: Page, hear: (change: PageChange) => void): Disposable {
  let hidden = isHidden(document);
  let suspended = false;
  let persisted = false;

  const hide = (terminal: boolean): void => {
    if (hidden) return;
    hidden = true;
    hear({ type: 'hidden', persisted, terminal });
  };
  const suspend = (): void => {
    hide(true);
    if (suspended) return;
    suspended = true;
    hear({ type: 'suspend', persisted, terminal: true });
  };
  const resume = (): void => {
    if (!suspended) return;
    suspended = false;
    hear({ type: 'resume', persisted, terminal: false });
  };
  const onVisibilityChange = (): void => {
    if (isHidden(document)) {
      if (!hidden) persisted = false;
      hide(false);
      return;
    }
    resume(); // a page that is seen runs, though its pageshow is still to come
    if (!hidden) return;
    hidden = false;
    hear({ type: 'visible', persisted, terminal: false });
  };
  const onFreeze = (): void => {
    if (!suspended) persisted = false;
    suspend();
  };
  const onPagehide = (event: PageTransitionEvent): void => {
    persisted = event.persisted;
    if (persisted) suspend();
    else {
      hide(true);
      hear({ type: 'shutdown', persisted, terminal: true });
    }
  };
  const onPageshow = (event: PageTransitionEvent): void => {
    if (!event.persisted) return; // the first one, of each page that is loaded
    resume(); // also in a tab that nobody sees
    onVisibilityChange();
  };
  const waitForStop = scriptStop(window);
  const listeners = [
    ...(waitForStop === undefined ? [] : [[window, 'pagehide', waitForStop]]),
    [window, 'pagehide', onPagehide],
    [window, 'pageshow', onPageshow],
    [document, 'visibilitychange', onVisibilityChange],
    [document, 'freeze', onFreeze],
    [document, 'resume', resume],
  ] as [EventTarget, string, (event: Event) => void][]; // as: each listener takes the type of the event that it is added for
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
  return {
    [dispose]: () => {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    },
  };
}

/** Whether nobody sees the page. */
export function isHidden(document: Document | undefined): boolean {
  return document?.visibilityState === 'hidden';
}
