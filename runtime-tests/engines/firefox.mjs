/** Firefox of Debian, driven by Puppeteer. The interface is that of engine.mjs. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import { untilVisibility } from './engine.mjs';
import { adoptGroup } from './process-groups.mjs';

const program = '/usr/bin/firefox-esr';

/**
 * Puppeteer starts Firefox and connects by WebDriver BiDi. The page objects of Puppeteer lose a page that comes back from the back/forward cache, so
 * this module sends the commands itself.
 */
async function start(folder) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: program,
    headless: true,
    userDataDir: join(folder, 'profile'),
    env: { ...process.env, HOME: folder, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    extraPrefsFirefox: {
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': 'data:,none',
      'app.normandy.enabled': false,
      // The default depends on the memory of the machine.
      'browser.sessionhistory.max_total_viewers': 8,
    },
    timeout: 60_000,
    protocolTimeout: 300_000,
  });
  const { pid } = browser.process();
  adoptGroup(pid);
  const send = async (method, params) => (await browser.connection.send(method, params)).result;
  const openTab = async () => (await send('browsingContext.create', { type: 'tab' })).context;
  const otherTab = await openTab();
  return {
    open: async (url) => {
      const tab = tabOf(send, await openTab(), otherTab);
      await tab.goto(url);
      return tab;
    },
    quit: () => browser.close(),
    leaders: [pid],
  };
}

/** `otherTab` is brought to the front to hide the tab. */
function tabOf(send, context, otherTab) {
  const evaluate = async (run, ...data) => {
    const { result, exceptionDetails } = await send('script.callFunction', {
      functionDeclaration: `async (data) => JSON.stringify(await (${run})(...JSON.parse(data)))`,
      arguments: [{ type: 'string', value: JSON.stringify(data) }],
      awaitPromise: true,
      target: { context },
    });
    if (exceptionDetails !== undefined) throw new Error(`${exceptionDetails.text}, in ${await addressOf(context)}`);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  };
  const addressOf = async (root) => (await send('browsingContext.getTree', { root })).contexts[0].url;
  /** Firefox may answer the command while the tab still shows the old page, and then the tab has no page for a moment. So this waits for the new page. */
  const traverse = async (delta) => {
    const address = () => evaluate(() => location.href).catch(() => undefined);
    const oldAddress = await address();
    await send('browsingContext.traverseHistory', { context, delta });
    for (let now; now === undefined || now === oldAddress; now = await address()) await sleep(5);
  };
  return {
    evaluate,
    goto: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    reload: () => send('browsingContext.reload', { context, wait: 'complete' }),
    back: () => traverse(-1),
    forward: () => traverse(1),
    hide: async () => {
      await send('browsingContext.activate', { context: otherTab });
      await evaluate(untilVisibility, 'hidden');
    },
    show: async () => {
      await send('browsingContext.activate', { context });
      await evaluate(untilVisibility, 'visible');
    },
    close: () => send('browsingContext.close', { context }),
  };
}

export const firefox = { name: 'Firefox', programs: [program], start };
