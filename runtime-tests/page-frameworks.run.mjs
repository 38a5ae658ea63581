/**
 * The pages of examples/page-frameworks in Chromium and Firefox: components of React, Vue and Svelte that are mounted, hidden and unmounted, and
 * scenes of three.js and Pixi, if the browser has WebGL.
 *
 * Run it alone with `node runtime-tests/page-frameworks.run.mjs`; the argument `all` adds WebKit.
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
