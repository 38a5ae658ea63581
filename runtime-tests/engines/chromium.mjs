/** Chromium of Debian, driven by Puppeteer. The interface is that of engine.mjs. */
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { untilVisibility } from './engine.mjs';
import { adoptGroup } from './process-groups.mjs';

const program = '/usr/bin/chromium';

/** It runs without a screen. The options leave hidden pages and the back/forward cache as they are for a user. */
async function start(folder) {
  const browser = await puppeteer.launch({
    browser: 'chrome',
    executablePath: program,
    headless: true,
    userDataDir: join(folder, 'profile'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--disable-back-forward-cache',
    ],
    protocolTimeout: 300_000,
  });
  const { pid } = browser.process();
  adoptGroup(pid);
  const [otherPage] = await browser.pages();
  return {
    open: async (url) => {
      const page = await browser.newPage();
      await page.bringToFront();
      page.on('dialog', (dialog) => dialog.accept()); // the dialog of a leave guard; the other engines accept it by themselves
      await page.goto(url);
      return tabOf(page, otherPage);
    },
    quit: () => browser.close(),
    leaders: [pid],
  };
}

/** `otherPage` is brought to the front to hide the page. */
const tabOf = (page, otherPage) => ({
  evaluate: (run, ...data) => page.evaluate(run, ...data),
  goto: (url) => page.goto(url),
  reload: () => page.reload(),
  back: () => page.goBack(),
  forward: () => page.goForward(),
  hide: async () => {
    await otherPage.bringToFront();
    await page.evaluate(untilVisibility, 'hidden');
  },
  show: async () => {
    await page.bringToFront();
    await page.evaluate(untilVisibility, 'visible');
  },
  close: () => page.close(),
  freeze: () => setLifecycle(page, 'frozen'),
  thaw: () => setLifecycle(page, 'active'),
});

async function setLifecycle(page, state) {
  const session = await page.createCDPSession();
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}

export const chromium = { name: 'Chromium', programs: [program], start };
