/** BrowserReactor in real Chromium: the conformance kit in a window and in a dedicated worker, and tests that need a real page. */
import { chromium } from './engines/chromium.mjs';
import { runStage } from './page/stage.mjs';

await runStage(chromium);
