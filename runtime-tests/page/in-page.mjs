/** Functions for `evaluate`: they run in a page, with the globals of page.entry.mjs. */

/** Starts a reactor, as the global `reactor`, with its events in the global `journal`. */
export async function runWithJournal(options) {
  const reactor = new BrowserReactor(options);
  Object.assign(globalThis, { reactor, journal: new Journal(reactor) });
  void reactor.run();
  await running(reactor);
  // Until its load the page may still fire its first pageshow. That one does not mean that the page has come back.
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve));
}
