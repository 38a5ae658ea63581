/** BrowserReactor in real Firefox: the conformance kit in a window and in a dedicated worker, and tests that need a real page. */
import { firefox } from './engines/firefox.mjs';
import { runStage } from './page/stage.mjs';

await runStage(firefox);
