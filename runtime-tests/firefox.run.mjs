/**
 * BrowserReactor in real Firefox: the conformance kit in a window and in a dedicated worker, and the tests of `page/tests`.
 *
 * Run it alone with `node runtime-tests/firefox.run.mjs`; `--only B12 --times 50` repeats the tests with B12 in their names.
 */
import { firefox } from './engines/firefox.mjs';
import { runStage } from './page/stage.mjs';

await runStage(firefox);
