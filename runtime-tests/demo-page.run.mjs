/** The page of examples/07-page, built and served as `npm run demo:page` does, and used as a person uses it, in each engine. */
import { serveDemoPage } from './demo-page/server.mjs';
import { tests } from './demo-page/tests.mjs';
import { runInEachEngine } from './in-each-engine.mjs';

await runInEachEngine({
  subject: 'the demo page',
  serve: serveDemoPage,
  open: async (browser, { address }) => ({ tab: await browser.open(address), address }),
  tests,
});
