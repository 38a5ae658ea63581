/**
 * The page of examples/07-page, served by `npm run demo:page`, and its controls, in Chromium, Firefox and WebKit.
 *
 * Run it alone with `node runtime-tests/demo-page.run.mjs`.
 */
import { serveDemoPage } from './demo-page/server.mjs';
import { tests } from './demo-page/tests.mjs';
import { runInEachEngine } from './in-each-engine.mjs';

await runInEachEngine({
  subject: 'the demo page',
  serve: serveDemoPage,
  open: async (browser, { address }) => ({ tab: await browser.open(address), address }),
  tests,
});
