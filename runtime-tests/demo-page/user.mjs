/** Actions and observations of a user on the page. Each function takes a tab of an engine. */

/** Chooses a radio button of a group, by a click. */
export const choose = (tab, group, value) =>
  tab.evaluate((selector) => {
    document.querySelector(selector).click();
  }, `#${group} [value="${value}"]`);

export const click = (tab, selector) => tab.evaluate((selector) => document.querySelector(selector).click(), selector);

/** Moves the slider. */
export const setSpeed = (tab, value) =>
  tab.evaluate((value) => {
    const slider = document.querySelector('#speed');
    slider.value = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);

/** Whether the wheel is drawn in the same way in two frames that are ten frames apart. */
export const pictures = (tab) =>
  tab.evaluate(async () => {
    const frames = async (count) => {
      for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame);
      return document.querySelector('#rotor').toDataURL();
    };
    const first = await frames(3); // the frame of the click has yet to be drawn
    return { differ: (await frames(10)) !== first };
  });

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
