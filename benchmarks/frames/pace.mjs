/**
 * Part of bench:frames: how evenly a loop makes its steps and its capped calls, and what it does on a page without frames, on a hidden page and on a
 * prerendered page.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Site } from '../../runtime-tests/page/site.mjs';
import { markdownTable } from '../../scripts/page-section.mjs';

/** The number of frames, and of capped calls, that are counted. */
const COUNTED = { steps: 300, capped: 100 };
/** How long a page is hidden, or without frames. Milliseconds. */
const AWAY_MS = 3_000;
/** Limit for one measurement: some loops never reach the count. Milliseconds. */
const LIMIT_MS = 30_000;

const html = (script) =>
  `<!doctype html><meta charset="utf-8"><title>Pace</title><script type="module">import '/tickers.mjs';${script}</script>`;

/** The script of a page that sends its own result, for pages that a driver can't control: not rendered, or prerendered. */
const reporting = `
  const { seen, ask } = await tickers.watch(decodeURIComponent(location.hash.slice(1)));
  ask();
  setTimeout(() => {
    navigator.sendBeacon('/beacon', JSON.stringify({ calls: seen.deltas.length, later: seen.later }));
  }, ${AWAY_MS});`;

export const paceSite = (bundle) =>
  new Site({
    '/tickers.mjs': bundle,
    '/pace.html': html(''),
    '/reporting.html': html(reporting),
    '/speculating.html': html(`
      const urls = ['/reporting.html' + location.search + location.hash];
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prerender: [{ source: 'list', urls, eagerness: 'immediate' }] });
      document.head.append(rules);`),
  });

/** How to make an iframe that the engine doesn't render (docs/browser.md, B16). WebKit renders every iframe. */
const UNRENDERED = {
  Chromium: { style: 'position: absolute; top: 6000px', host: 'localhost' },
  Firefox: { style: 'display: none', host: '127.0.0.1' },
};

const limited = (promise) => Promise.race([promise, sleep(LIMIT_MS, undefined, { ref: false })]);

async function onPage(browser, site, path, use) {
  const mailbox = site.mailbox();
  const tab = await browser.open(site.url(path(mailbox.query)));
  const result = await limited(use(tab, mailbox));
  await tab.close().catch(() => undefined);
  return result;
}

const report = async (mailbox) => JSON.parse((await mailbox.received(1))[0]);

function unrendered(browser, site, name, { style, host }) {
  return onPage(
    browser,
    site,
    (query) => `/pace.html${query}`,
    async (tab, mailbox) => {
      const url = new URL(site.url(`/reporting.html${mailbox.query}#${encodeURIComponent(name)}`));
      url.hostname = host; // for the browser, the same server with another name is another site
      await tab.evaluate(
        (url, style) => {
          const frame = document.createElement('iframe');
          frame.style.cssText = style;
          frame.src = url;
          document.body.append(frame);
        },
        url.href,
        style,
      );
      return report(mailbox);
    },
  );
}

function hidden(browser, site, name) {
  return onPage(
    browser,
    site,
    (query) => `/pace.html${query}`,
    async (tab) => {
      await tab.evaluate(async (name) => {
        globalThis.watched = await tickers.watch(name);
        while (watched.seen.deltas.length < 5) await new Promise(requestAnimationFrame);
      }, name);
      await tab.hide();
      await tab.evaluate(() => {
        watched.seen.deltas.length = 0;
        watched.ask();
      });
      await sleep(AWAY_MS);
      const { calls, later } = await tab.evaluate(() => {
        const { deltas, later } = watched.seen;
        return { calls: deltas.splice(0).length, later };
      });
      await tab.show();
      const longest = await tab.evaluate(async () => {
        while (watched.seen.deltas.length < 10) await new Promise(requestAnimationFrame);
        return Math.max(...watched.seen.deltas);
      });
      return { calls, later, longest };
    },
  );
}

const prerendered = (browser, site, name) =>
  onPage(
    browser,
    site,
    (query) => `/speculating.html${query}#${encodeURIComponent(name)}`,
    (tab, mailbox) => report(mailbox),
  );

/** All measurements of this file in one engine. Resolves with `{ [loop]: { steps, capped, hidden, unrendered, prerendered } }`. */
export async function measurePace(browser, engine, site) {
  const path = (query) => `/pace.html${query}`;
  const names = await onPage(browser, site, path, (tab) => tab.evaluate(() => tickers.names));
  const results = {};
  for (const name of names) {
    const count = (what) =>
      onPage(browser, site, path, (tab) =>
        tab.evaluate((what, name, count) => tickers[what](name, count), what, name, COUNTED[what]),
      );
    results[name] = {
      steps: await count('steps'),
      capped: await count('capped'),
      hidden: await hidden(browser, site, name),
      ...(engine in UNRENDERED && { unrendered: await unrendered(browser, site, name, UNRENDERED[engine]) }),
      ...(engine === 'Chromium' && { prerendered: await prerendered(browser, site, name) }),
    };
  }
  return results;
}

/** The shares of counts that are as expected, less, and more. `counts`: how often each number came, or a text that says why there are none. */
function sharesOf(counts, expected) {
  if (typeof counts === 'string') return [counts, '', ''];
  const entries = Object.entries(counts).map(([key, count]) => [Number(key), count]);
  const sum = (which) => entries.reduce((total, [key, count]) => total + (which(key) ? count : 0), 0);
  const total = sum(() => true);
  if (total === 0) return ['no steady frames', '', ''];
  return [(key) => key === expected, (key) => key < expected, (key) => key > expected].map(
    (which) => `${((100 * sum(which)) / total).toFixed(1)} %`,
  );
}

const laterInWords = (later) =>
  typeof later === 'number' ? `after ${(later / 1_000).toFixed(1)} s` : later === 'none' ? 'did not come' : later;

/** The part of FRAMES.md about these measurements. */
export function paceText(all) {
  const rows = (cellsOf) =>
    all.flatMap(({ engine, pace }) =>
      Object.entries(pace).flatMap(([name, result]) => {
        const cells = cellsOf(result);
        return cells === undefined ? [] : [[engine, name, ...cells]];
      }),
    );
  const away = ({ calls, later }) => [calls, laterInWords(later)];
  return `## Steps in each frame

A step of 1000 / 60 ms on a screen of 60 Hz. Ours uses \`fixedStep\`. The others have no fixed step, so they use the usual loop: it adds up the deltas, and makes a step for each 1000 / 60 ms in the sum. Counted are up to ${COUNTED.steps} frames that came between 12.5 and 21 ms after the previous one: those with one step, with none, and with more.

${markdownTable([['engine', 'loop', 'one step', 'none', 'more'], ...rows(({ steps }) => sharesOf(steps, 1))])}

## A cap of 30 frames a second

Set by \`maxFps: 30\`, \`ticker.maxFPS = 30\` and \`gsap.ticker.fps(30)\`. Counted are up to ${COUNTED.capped} calls with steady frames before them: those that came in the second frame after the last call, sooner, and later.

${markdownTable([['engine', 'loop', 'second frame', 'sooner', 'later'], ...rows(({ capped }) => sharesOf(capped, 2))])}

## Without frames

A page in an iframe that is not rendered (docs/browser.md, B16), for ${AWAY_MS / 1_000} s. The table says how often the frame callback was called, and when a timed call of 0.3 s of the same library came. WebKit gives such pages frames.

${markdownTable([['engine', 'loop', 'frame calls', 'call in 0.3 s'], ...rows(({ unrendered }) => unrendered && away(unrendered))])}

## Hidden

The same in a hidden tab, and the longest delta in the ten frames after it is shown again.

${markdownTable([['engine', 'loop', 'frame calls', 'call in 0.3 s', 'longest delta after'], ...rows(({ hidden }) => hidden && [...away(hidden), `${hidden.longest.toFixed(0)} ms`])])}

## Prerendered

The same in a page that Chromium prerenders before its user opens it. Ours starts when the user opens it (B18).

${markdownTable([['engine', 'loop', 'frame calls', 'call in 0.3 s'], ...rows(({ prerendered }) => prerendered && away(prerendered))])}
`;
}

/** Every count, for the end of FRAMES.md. */
export const paceLines = (all) =>
  all.flatMap(({ engine, pace }) =>
    Object.entries(pace).map(([name, result]) => `${engine} ${name}: ${JSON.stringify(result)}`),
  );
