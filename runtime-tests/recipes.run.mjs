/** The recipes of docs/browser.md for React and for hot reload, on Vite's development server, in each engine. */
import { runInEachEngine } from './in-each-engine.mjs';
import { serveRecipes } from './recipes/dev-server.mjs';
import { tests } from './recipes/tests.mjs';

await runInEachEngine({
  subject: 'the recipes',
  serve: serveRecipes,
  open: (browser, server) => ({ browser, server }),
  tests,
});
