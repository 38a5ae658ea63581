/**
 * examples/11-everywhere on this Node, Deno, Bun, workerd, and a page in Chromium, Firefox and WebKit: each prints the log in its README.
 *
 * Run it alone with `node runtime-tests/everywhere.run.mjs`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../scripts/command.mjs';
import { freePort } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { bun, deno, lacking, workerd } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { chromium } from './engines/chromium.mjs';
import { lackingEngine, launch } from './engines/engine.mjs';
import { firefox } from './engines/firefox.mjs';
import { untilText } from './engines/in-tab.mjs';
import { webkit } from './engines/webkit.mjs';
import { startNpmServer } from './npm-server.mjs';

const reason = lacking([deno, bun, workerd]);
if (reason !== undefined) leaveOut(reason);

const cwd = join(root, 'examples', '11-everywhere');
const [, expected] = /```text\n(the store opens\n[^`]+)```/.exec(readFileSync(join(cwd, 'README.md'), 'utf8'));

/** Runs a script of the example that serves, on a free port. `optionFor(address)` is its option for the address. */
async function serve(script, optionFor) {
  const address = `127.0.0.1:${await freePort()}`;
  return startNpmServer({ cwd, args: ['run', '--silent', script, '--', optionFor(address)], address });
}

const tally = new Tally();

for (const [script, host] of Object.entries({ start: 'Node', 'start:deno': 'Deno', 'start:bun': 'Bun' })) {
  await tally.check(`D12, D13: examples/11-everywhere prints its log on ${host}`, async () => {
    assert.deepEqual(await run('npm', ['run', '--silent', script], { cwd }), { code: 0, output: expected });
  });
}

await tally.check('D7, D8: examples/11-everywhere answers each request with its log on workerd', async () => {
  const { url, close } = await serve('start:edge', (address) => `--socket-addr=http=${address}`);
  try {
    const texts = await Promise.all([url, url, url].map(async (each) => (await fetch(each)).text()));
    assert.deepEqual(texts, [expected, expected, expected]);
  } finally {
    close();
  }
});

const page = await serve('start:page', (address) => `--serve=${address}`);
try {
  for (const engine of [chromium, firefox, webkit]) {
    const title = `D7: examples/11-everywhere shows its log on a page in ${engine.name}`;
    const lack = lackingEngine(engine);
    if (lack !== undefined) {
      tally.skip(title, lack);
      continue;
    }
    await tally.check(title, async () => {
      const browser = await launch(engine);
      try {
        const tab = await browser.open(page.url);
        assert.equal(await untilText(tab, 'pre', /the run is over/), expected);
      } finally {
        await browser.close();
      }
    });
  }
} finally {
  page.close();
}
tally.close();
