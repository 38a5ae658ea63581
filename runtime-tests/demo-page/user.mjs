/** Actions and observations of a user on the demo page. Each function takes a tab of an engine. */

/** Clicks a radio button of a group. */
export const choose = (tab, group, value) =>
  tab.evaluate((selector) => {
    document.querySelector(selector).click();
  }, `#${group} [value="${value}"]`);

export const click = (tab, selector) => tab.evaluate((selector) => document.querySelector(selector).click(), selector);

/** Moves the slider for the speed of time. */
export const setSpeed = (tab, value) =>
  tab.evaluate((value) => {
    const slider = document.querySelector('#speed');
    slider.value = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);

/** Compares two pictures of the wheel that are ten frames apart: `{ differ }`. */
export const comparePictures = (tab) =>
  tab.evaluate(async () => {
    const frames = async (count) => {
      for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame);
      return document.querySelector('#rotor').toDataURL();
    };
    const first = await frames(3); // the click takes effect in the next frames
    return { differ: (await frames(10)) !== first };
  });

/** The entries of the timeline, the newest first: the event, its notes, and the triggers of its phases. */
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
