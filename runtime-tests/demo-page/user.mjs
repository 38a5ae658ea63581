/** What a person does on the page, and sees. Each takes a tab of an engine. */

/** Chooses a radio button of a group, by a click. */
export const choose = (tab, group, value) =>
  tab.evaluate((selector) => {
    document.querySelector(selector).click();
  }, `#${group} [value="${value}"]`);

export const textOf = (tab, selector) =>
  tab.evaluate((selector) => document.querySelector(selector).textContent, selector);

/** Resolves with the text there, as soon as it matches. */
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

/** The entries of the timeline, the newest first: what happened, what is said of it, what its phases called. */
export const entries = (tab) =>
  tab.evaluate(() => {
    const textsOf = (element, selector) =>
      [...element.querySelectorAll(selector)].map(({ textContent }) => textContent);
    return [...document.querySelectorAll('#timeline > li')].map((entry) => ({
      event: textsOf(entry, 'strong').join(),
      note: textsOf(entry, '.note').join(),
      phases: textsOf(entry, '.phases span'),
    }));
  });
