/** BrowserReactor in real WebKit: the conformance kit in a window and in a dedicated worker, and tests that need a real page. */
import { webkit } from './engines/webkit.mjs';
import { runStage } from './page/stage.mjs';

await runStage(webkit);
