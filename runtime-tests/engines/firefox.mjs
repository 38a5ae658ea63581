import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import { untilVisibility } from './engine.mjs';
import { adoptGroup } from './process-groups.mjs';

const program = '/usr/bin/firefox-esr';

/**
 * Puppeteer starts it and speaks WebDriver BiDi with it. Its pages lose track of one that comes back from the back/forward cache, so the
 * commands are given here.
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
      // Else Firefox keeps as many pages for Back as the machine's memory lets it.
      'browser.sessionhistory.max_total_viewers': 8,
    },
    timeout: 60_000,
    protocolTimeout: 300_000,
  });
  const { pid } = browser.process();
  adoptGroup(pid);
  const send = async (method, params) => (await browser.connection.send(method, params)).result;
  const openTab = async () => (await send('browsingContext.create', { type: 'tab' })).context;
  const curtain = await openTab();
  return {
    open: async (url) => {
      const tab = tabOf(send, await openTab(), curtain);
      await tab.goto(url);
      return tab;
    },
    quit: () => browser.close(),
    leaders: [pid],
  };
}

/** `curtain`: the tab that is brought to the front of one that is to be hidden. */
function tabOf(send, context, curtain) {
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
  /** The command may answer while the tab still shows the page that it leaves, and then shows neither for a moment. */
  const traverse = async (delta) => {
    const address = () => evaluate(() => location.href).catch(() => undefined);
    const left = await address();
    await send('browsingContext.traverseHistory', { context, delta });
    for (let now; now === undefined || now === left; now = await address()) await sleep(5);
  };
  return {
    evaluate,
    goto: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    reload: () => send('browsingContext.reload', { context, wait: 'complete' }),
    back: () => traverse(-1),
    forward: () => traverse(1),
    hide: async () => {
      await send('browsingContext.activate', { context: curtain });
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
