import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const executablePath = '/usr/bin/chromium';

/** Why there is no Chromium here, or `undefined`. */
export const lackingChromium = () =>
  existsSync(executablePath) ? undefined : 'Chromium not installed: npm run setup does it';

/** Debian's Chromium without a screen, whose hidden pages are as hidden, and whose kept pages are as kept, as those of its users. */
export function launchChromium(userDataDir) {
  return puppeteer.launch({
    browser: 'chrome',
    executablePath,
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
    ],
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--disable-back-forward-cache',
    ],
    protocolTimeout: 300_000,
  });
}
