import assert from 'node:assert/strict';

export const loading = [
  {
    name: 'B8: startup waits until the page is parsed, until its images are there, or for nothing, as startAt says',
    async run({ page, url, mailbox }) {
      // It starts three reactors while it is parsed; its end, and then its image, are held back until it asks for them.
      await page.goto(url(`/loading.html${mailbox.query}`));
      const started = await page.evaluate(() => started);
      assert.deepEqual(started, ['now: loading', 'interactive: interactive', 'complete: complete']);
    },
  },
  {
    name: 'B8: a page that is frozen suspends, and resumes when it runs again',
    skip: { Firefox: 'it freezes no page that is not kept', WebKit: 'it freezes no page that is not kept' },
    async run({ page }) {
      await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        Object.assign(globalThis, { reactor, journal: new Journal(reactor) });
        void reactor.run();
        await running(reactor);
      });
      await page.hide();
      await page.evaluate(() => journal.has('hidden after').then(() => undefined));
      await page.freeze();
      await page.thaw();
      await page.show();
      const lines = await page.evaluate(() => journal.has('visible after'));
      const phases = (event, more = '') => ['before', 'during', 'after'].map((phase) => `${event} ${phase}${more}`);
      assert.deepEqual(lines, [
        ...phases('hidden'),
        ...phases('suspend', ' terminal'),
        ...phases('resume'),
        ...phases('visible'),
      ]);
    },
  },
  {
    name: 'B18: a page that is prerendered starts when its user goes there, but for startAt now',
    skip: { Firefox: 'it prerenders no page', WebKit: 'it prerenders no page' },
    async run({ page, url, mailbox }) {
      await page.goto(url(`/speculating.html${mailbox.query}`));
      assert.deepEqual(await mailbox.received(2), ['now, prerendering: true', 'loaded, prerendering: true']);
      await page.evaluate(() => void setTimeout(() => location.assign(`/prerendered.html${location.search}`)));
      // The page says itself what it has seen: a driver loses sight of a page whose user goes there.
      const [, , interactive, lines] = await mailbox.received(4);
      assert.equal(interactive, 'interactive, prerendering: false');
      assert.deepEqual(JSON.parse(lines), [[], ['visible before', 'visible during', 'visible after']]);
    },
  },
];
