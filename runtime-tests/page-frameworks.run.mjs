/**
 * The pages of examples/page-frameworks in Chromium and Firefox: React, Vue and Svelte, mounted, hidden and unmounted; three.js and Pixi drawing,
 * where the browser has WebGL. With the argument `all`, in WebKit too.
 */
import { leaveOut } from './conformance/tally.mjs';
import { chromium } from './engines/chromium.mjs';
import { firefox } from './engines/firefox.mjs';
import { runInEachEngine } from './in-each-engine.mjs';
import { lackingPackages, serveProject } from './page-frameworks/server.mjs';
import { tests } from './page-frameworks/tests.mjs';
import { lackingWebGL } from './page-frameworks/user.mjs';

const reason = lackingPackages();
if (reason !== undefined) leaveOut(reason);

await runInEachEngine({
  subject: 'the pages of frameworks',
  serve: serveProject,
  open: async (browser, server) => ({ browser, server, lackingWebGL: await lackingWebGL(browser) }),
  tests,
  wanted: process.argv[2] === 'all' ? undefined : [chromium, firefox],
});
