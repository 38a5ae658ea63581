import type { HostControl } from '@triphase/core';
import { dispose } from './dispose.ts';
import type { BrowserFunctions } from './browser-host.ts';

/**
 * Shuts down, synchronously, when the page goes away for good, until it is disposed (B11). A page that is kept for coming back is not
 * shut down (B9). There is no listener for `unload` or `beforeunload`: one would cost the page its place in the back/forward cache (B10).
 */
export function shutDownOnPagehide({ window }: BrowserFunctions, control: HostControl): Disposable {
  const onPagehide = ({ persisted }: PageTransitionEvent): void => {
    if (!persisted) control.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
  };
  window?.addEventListener('pagehide', onPagehide);
  return {
    [dispose]: () => {
      window?.removeEventListener('pagehide', onPagehide);
    },
  };
}

/** Calls `changed` whenever the page is hidden or shown, until it is disposed. */
export function watchVisibility({ document }: BrowserFunctions, changed: () => void): Disposable {
  document?.addEventListener('visibilitychange', changed);
  return {
    [dispose]: () => {
      document?.removeEventListener('visibilitychange', changed);
    },
  };
}
