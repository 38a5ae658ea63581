/**
 * The recipes of docs/browser.md for React and for hot reload, on the development server of Vite, in Chromium, Firefox and WebKit.
 *
 * Run it alone with `node runtime-tests/recipes.run.mjs`.
 */
import { runInEachEngine } from './in-each-engine.mjs';
import { serveRecipes } from './recipes/dev-server.mjs';
import { tests } from './recipes/tests.mjs';

await runInEachEngine({
  subject: 'the recipes',
  serve: serveRecipes,
  open: (browser, server) => ({ browser, server }),
  tests,
});
