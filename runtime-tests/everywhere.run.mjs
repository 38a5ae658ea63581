/** examples/11-everywhere on Node, Deno, Bun, a page of each engine and workerd: each prints the log that its README shows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../scripts/command.mjs';
import { freePort } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { bun, deno, lacking, workerd } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { untilText } from './demo-page/user.mjs';
import { chromium } from './engines/chromium.mjs';
import { lackingEngine, launch } from './engines/engine.mjs';
import { firefox } from './engines/firefox.mjs';
import { endGroup, spawnGroup } from './engines/process-groups.mjs';
import { webkit } from './engines/webkit.mjs';

const reason = lacking([deno, bun, workerd]);
if (reason !== undefined) leaveOut(reason);

/** What a server may take to answer on a loaded machine. */
const START_MS = 60_000;

const cwd = join(root, 'examples', '11-everywhere');
const [, expected] = /```text\n(the store opens\n[^`]+)```/.exec(readFileSync(join(cwd, 'README.md'), 'utf8'));

/** One of its scripts that serves, on a free port. Resolves with `{ url, close() }` once it answers. */
async function serve(script, optionFor) {
  const address = `127.0.0.1:${await freePort()}`;
  const args = ['run', '--silent', script, '--', optionFor(address)];
  const child = spawnGroup('npm', args, { cwd }); // its stdin stays open: esbuild serves until that ends
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const url = `http://${address}/`;
  const close = () => endGroup(child.pid);
  const limit = AbortSignal.timeout(START_MS);
  const answers = () => fetch(url, { method: 'HEAD' }).then(Boolean, () => false);
  while (!(await answers())) {
    if (limit.aborted || child.exitCode !== null) {
      close();
      throw new Error(`${script} never answered: ${output}`);
    }
    await sleep(20);
  }
  return { url, close };
}

const tally = new Tally();

for (const [script, host] of Object.entries({ start: 'Node', 'start:deno': 'Deno', 'start:bun': 'Bun' })) {
  await tally.check(`D12, D13: examples/11-everywhere prints its log on ${host}`, async () => {
    assert.deepEqual(await run('npm', ['run', '--silent', script], { cwd }), { code: 0, output: expected });
  });
}

await tally.check('D7, D8: examples/11-everywhere answers with its log on workerd, request for request', async () => {
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
