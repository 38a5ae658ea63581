/** Observations of a page. Each function takes a tab of an engine. */

export const textOf = (tab, selector) =>
  tab.evaluate((selector) => document.querySelector(selector).textContent, selector);

/** Resolves with the text of the element as soon as the text matches. */
export const untilText = (tab, selector, pattern) =>
  tab.evaluate(
    async (selector, pattern) => {
      const element = document.querySelector(selector);
      while (!new RegExp(pattern).test(element.textContent)) {
        await new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            observer.disconnect();
            resolve();
          });
          observer.observe(element, { subtree: true, childList: true, characterData: true });
        });
      }
      return element.textContent;
    },
    selector,
    pattern.source,
  );

/** Resolves after `count` messages, in a hidden page too. A call that may run in the page has run by then. */
export const hops = (tab, count) =>
  tab.evaluate(async (count) => {
    const { port1, port2 } = new MessageChannel();
    for (let hop = 0; hop < count; hop++) {
      const arrived = new Promise((resolve) => (port1.onmessage = resolve));
      port2.postMessage(undefined);
      await arrived;
    }
    port1.close();
  }, count);
