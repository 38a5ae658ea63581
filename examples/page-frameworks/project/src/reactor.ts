import { BrowserReactor } from '@triphase/browser-reactor';

/** The reactor of the page. On a server it may be imported, but not run. */
export const reactor = new BrowserReactor();
