import { BrowserReactor } from '@triphase/browser-reactor';

/** The reactor of the page. A server that renders the page may import it, but must not run it. */
export const reactor = new BrowserReactor();
