import { expect, jest, test } from '@jest/globals';
import { build } from 'esbuild';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Page } from 'puppeteer-core';
import { blocksOf, root } from './docs-blocks.ts';
import { inCI } from './docs-run.ts';

jest.setTimeout(120_000);

/** Where Debian's package puts it; `npm run setup` installs that. */
const chromium = '/usr/bin/chromium';

(existsSync(chromium) || inCI ? test : test.skip)(
  'the quick start of README.md for a page counts, and says that it has left, in real Chromium',
  async () => {
    await using site = await serve(await bundle());
    await using browser = await start();
    const page = await browser.newPage();
    const left = once(site.visits, 'left', { signal: AbortSignal.timeout(60_000) });
    left.catch(() => undefined); // Heard below, if the page gets that far.

    await page.goto(`${site.address}/`);
    await page.waitForFunction(() => /^\d+ s$/.test(document.querySelector('output')?.textContent ?? ''));
    await page.goto(`${site.address}/elsewhere`);
    expect(await left).toEqual([expect.stringMatching(/^after [1-9]\d* s$/)]);
  },
);

async function bundle(): Promise<string> {
  const block = blocksOf('README.md').find(({ mark }) => mark === 'page');
  const { outputFiles } = await build({
    stdin: { contents: block!.code, loader: 'ts', resolveDir: root },
    tsconfig: join(root, 'tsconfig.test.json'), // Its paths lead to the sources.
    bundle: true,
    format: 'esm',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** A page with this script, any other page, and the event `left` with what is sent to `/left`. */
async function serve(script: string): Promise<AsyncDisposable & { address: string; visits: NodeJS.EventEmitter }> {
  const pages = new Map([
    ['/', '<!doctype html><output></output><script type="module" src="/main.js"></script>'],
    ['/main.js', script],
  ]);
  const server = createServer((request, response) => {
    if (request.url === '/left') {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => server.emit('left', body));
    }
    response.setHeader('content-type', request.url === '/main.js' ? 'text/javascript' : 'text/html');
    response.end(pages.get(request.url ?? '') ?? '<!doctype html>elsewhere');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    address: typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '',
    visits: server,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Chromium with a profile of its own, and without its back/forward cache: leaving a page is for good. */
async function start(): Promise<AsyncDisposable & { newPage(): Promise<Page> }> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'triphase-chromium-'));
  const browser = await launch({
    browser: 'chrome',
    executablePath: chromium,
    headless: true,
    userDataDir,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-back-forward-cache',
    ],
  });
  return {
    newPage: () => browser.newPage(),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
