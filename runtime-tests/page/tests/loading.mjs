import assert from 'node:assert/strict';
import { runWithJournal } from '../in-page.mjs';
import { phases } from '../journal.mjs';

export const loading = [
  {
    name: 'B8: startAt decides whether startup waits until the page is parsed, until its images are loaded, or not at all',
    async run({ page, url, mailbox }) {
      // The page starts three reactors while it is parsed. The site holds back its end, and then its image, until the page asks for them.
      await page.goto(url(`/loading.html${mailbox.query}`));
      const started = await page.evaluate(() => started);
      assert.deepEqual(started, ['now: loading', 'interactive: interactive', 'complete: complete']);
    },
  },
  {
    name: 'B8: a page that is frozen fires suspend, and fires resume when it runs again',
    skip: { Firefox: 'it freezes no page that is not kept', WebKit: 'it freezes no page that is not kept' },
    async run({ page }) {
      await page.evaluate(runWithJournal);
      await page.hide();
      await page.evaluate(() => journal.has('hidden after').then(() => undefined));
      await page.freeze();
      await page.thaw();
      await page.show();
      const lines = await page.evaluate(() => journal.has('visible after'));
      assert.deepEqual(lines, [
        ...phases('hidden'),
        ...phases('suspend', ' terminal'),
        ...phases('resume'),
        ...phases('visible'),
      ]);
    },
  },
  {
    name: "B18: a prerendered page fires startup when its user goes there, and at once with startAt: 'now'",
    skip: { Firefox: 'it prerenders no page', WebKit: 'it prerenders no page' },
    async run({ page, url, mailbox }) {
      await page.goto(url(`/speculating.html${mailbox.query}`));
      assert.deepEqual(await mailbox.received(2), ['now, prerendering: true', 'loaded, prerendering: true']);
      await page.evaluate(() => void setTimeout(() => location.assign(`/prerendered.html${location.search}`)));
      // The page sends its journal itself, since the driver cannot follow the tab to a prerendered page.
      const [, , interactive, lines] = await mailbox.received(4);
      assert.equal(interactive, 'interactive, prerendering: false');
      assert.deepEqual(JSON.parse(lines), [[], ['visible before', 'visible during', 'visible after']]);
    },
  },
];
