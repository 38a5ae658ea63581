/** BrowserReactor in real Chromium: the conformance kit in a window and in a dedicated worker, and what only a real page shows. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { lackingChromium, launchChromium } from './conformance/chromium.mjs';
import { runPageTests } from './conformance/page-tests.mjs';
import { Site } from './conformance/site.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const reason = lackingChromium();
if (reason !== undefined) leaveOut(reason);

const page = (script) =>
  `<!doctype html><meta charset="utf-8"><title>Triphase</title><script type="module">${script}</script>`;

async function bundled(folder, source) {
  const outfile = join(folder, 'out.mjs');
  await bundle({ ...source, outfile });
  return readFileSync(outfile, 'utf8');
}

const folder = mkdtempSync(join(tmpdir(), 'triphase-chromium-'));
const tally = new Tally();
let browser;
let site;
try {
  site = new Site({
    '/kit.mjs': await bundled(folder, { entry: join(import.meta.dirname, 'conformance', 'browser-reactor.entry.mjs') }),
    '/page.mjs': await bundled(folder, { entry: join(import.meta.dirname, 'conformance', 'page.entry.mjs') }),
    '/page.html': page('import "/page.mjs";'),
    '/empty.html': page(''),
    '/window.html': page('import "/kit.mjs";'),
    '/worker.html': page(`
      const worker = new Worker('/kit.mjs', { type: 'module' });
      globalThis.report = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });`),
  });
  await site.open();
  browser = await launchChromium(join(folder, 'profile'));
  console.log(`user agent: ${await browser.userAgent()}`);
  for (const where of ['window', 'worker']) {
    const tab = await browser.newPage();
    await tab.goto(site.url(`/${where}.html`));
    tally.add(`the kit in a ${where}`, await tab.evaluate(() => globalThis.report));
    await tab.close();
  }
  await runPageTests(tally, browser, site);
} finally {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
