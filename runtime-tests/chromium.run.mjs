/**
 * BrowserReactor in real Chromium: the conformance kit in a window and in a dedicated worker, and the tests of `page/tests`.
 *
 * Run it alone with `node runtime-tests/chromium.run.mjs`; `--only B12 --times 50` repeats the tests with B12 in their names.
 */
import { chromium } from './engines/chromium.mjs';
import { runStage } from './page/stage.mjs';

await runStage(chromium);
