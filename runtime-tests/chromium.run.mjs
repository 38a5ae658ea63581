/** BrowserReactor in real Chromium: the conformance kit in a window and in a dedicated worker, and what only a real page shows. */
import { chromium } from './engines/chromium.mjs';
import { runStage } from './page/stage.mjs';

await runStage(chromium);
