/**
 * `npm run bench:frames`: compares pages that use ours and peers, in Chromium, Firefox and WebKit, and writes benchmarks/FRAMES.md. It measures the
 * frame rate under endless load, what one failing callback stops, how even fixed steps are, what works without frames, and how many beacons a closing
 * page sends. Takes about ten minutes.
 */
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { chromium } from '../runtime-tests/engines/chromium.mjs';
import { launch } from '../runtime-tests/engines/engine.mjs';
import { firefox } from '../runtime-tests/engines/firefox.mjs';
import { webkit } from '../runtime-tests/engines/webkit.mjs';
import { Site } from '../runtime-tests/page/site.mjs';
import { markdownTable, writeFormatted } from '../scripts/page-section.mjs';
import { bundled, measureSizes } from './frames/bundle.mjs';
import { measureMinutes } from './frames/minute.mjs';
import { measurePace, paceLines, paceSite, paceText } from './frames/pace.mjs';
import { median, percentile } from './harness/measure.mjs';
import { installPeersIn, versionsIn } from './harness/peers.mjs';

const ROUNDS = 3;
/** How long each page is under load. Milliseconds. */
const LOAD_MS = 3_000;
/** How often a page is left, for each way to leave it. */
const LEAVES = 20;
/** The beacons that each page sends. */
const BEACONS = 6;
/** Beacons that have not arrived after this time are lost. Milliseconds. */
const PATIENCE_MS = 3_000;

const folder = join(import.meta.dirname, 'frames');
const peers = versionsIn('frames');

/** Opens a new page, calls `use` with it, and closes it. */
async function onPage(browser, site, use) {
  const mailbox = site.mailbox();
  const tab = await browser.open(site.url(`/bench.html${mailbox.query}`));
  let isOpen = true;
  const close = async () => {
    isOpen = false;
    await tab.close();
  };
  const result = await use({ ...tab, close }, mailbox);
  if (isOpen) await tab.close();
  return result;
}

/** The ways to leave a page, and the event in which the page sends its beacons; `null` for a page without a reactor. */
const WAYS = {
  'another page, not kept': {
    event: 'shutdown',
    leave: async (tab, { mailbox }) => {
      await tab.evaluate(() => {
        addEventListener('unload', () => undefined);
        setTimeout(() => location.replace(`/elsewhere.html${location.search}`));
      });
      await mailbox.arrival();
    },
  },
  'loaded again': { event: 'shutdown', leave: (tab) => tab.reload() },
  closed: { event: 'shutdown', leave: (tab) => tab.close() },
  'closed, a `pagehide` listener and no reactor': { event: null, leave: (tab) => tab.close() },
  'another page, kept': { event: 'suspend', leave: (tab, { elsewhere }) => tab.goto(elsewhere) },
  back: { event: 'suspend', leave: (tab) => tab.back() },
};

/** Leaves pages in one way. Resolves with the number of beacons that arrived from each. */
async function countBeacons(browser, site, { event, leave }) {
  const received = [];
  for (let n = 0; n < LEAVES; n++) {
    await onPage(browser, site, async (tab, mailbox) => {
      // A page that `back` can go to.
      await tab.goto(site.url(`/bench.html${mailbox.query}&again`));
      const target = site.mailbox();
      await tab.goto(site.url(`/bench.html${target.query}`));
      await tab.evaluate((event) => (event === null ? bench.sendInListener() : bench.sendIn(event)), event);
      await leave(tab, { mailbox: target, elsewhere: site.url(`/elsewhere.html${target.query}`) });
      const limit = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
      await Promise.race([target.received(BEACONS), limit]);
      received.push(target.bodies.length);
    });
  }
  return received;
}

/** All measurements in one engine. */
async function measure(engine, site, paces) {
  const browser = await launch(engine);
  try {
    const pace = await measurePace(browser, engine.name, paces);
    const { userAgent, queues, loops } = await onPage(browser, site, (tab) =>
      tab.evaluate(() => ({ userAgent: navigator.userAgent, queues: bench.queues, loops: bench.loops })),
    );
    const saturated = Object.fromEntries(queues.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of round % 2 === 0 ? queues : queues.toReversed()) {
        const result = await onPage(browser, site, (tab) =>
          tab.evaluate((name, ms) => bench.saturate(name, ms), name, LOAD_MS),
        );
        saturated[name].push(result);
      }
    }
    const failures = {};
    for (const name of loops) {
      failures[name] = await onPage(browser, site, (tab) => tab.evaluate((name) => bench.failOnce(name), name));
    }
    const beacons = {};
    for (const [way, how] of Object.entries(WAYS)) beacons[way] = await countBeacons(browser, site, how);
    return { engine: engine.name, userAgent, pace, saturated, failures, beacons };
  } finally {
    await browser.close();
  }
}

const p95 = (values) => percentile(values, 0.95);
const fps = ({ gaps, took }) => (gaps.length * 1_000) / took;
const share = ({ busyMs, took }) => busyMs / took;

function loadTable(all) {
  const head = [
    'engine',
    'loop',
    'frames a second',
    'utilisation',
    'between two frames, p95',
    'timer of 10 ms, late, p95',
  ];
  const rows = all.flatMap(({ engine, saturated }) =>
    Object.entries(saturated).map(([name, rounds]) => [
      engine,
      name,
      median(rounds.map(fps)).toFixed(1),
      median(rounds.map(share)).toFixed(2),
      `${median(rounds.map(({ gaps }) => p95(gaps))).toFixed(1)} ms`,
      `${median(rounds.map(({ late }) => p95(late))).toFixed(1)} ms`,
    ]),
  );
  return markdownTable([head, ...rows]);
}

/** In words, which of three callbacks are still called after one of them has thrown. */
function outcome({ alone, withNew }) {
  const names = { before: 'the one before', failing: 'the failing one', after: 'the one after', new: 'a new one' };
  const silent = Object.keys(names).filter((key) => withNew[key] === 0);
  if (silent.length === 4) return 'all stop for good';
  if (silent.length > 0) return `never called again: ${silent.map((key) => names[key]).join(', ')}`;
  return alone.before + alone.failing + alone.after > 0 ? 'all go on' : 'all stop until another is added';
}

function failureTable(all, sizes) {
  const loops = Object.keys(all[0].failures);
  const used = {
    triphase: 'triphase',
    React: 'scheduler',
    RxJS: 'rxjs',
    Pixi: 'pixi.js',
    Motion: 'motion-dom',
    GSAP: 'gsap',
  };
  const rows = loops.map((name) => [
    name,
    ...all.map(({ failures }) => outcome(failures[name])),
    `${sizes[used[name.split(' ')[0]]]} B`,
  ]);
  return markdownTable([['loop', ...all.map(({ engine }) => engine), 'min+gzip'], ...rows]);
}

function beaconTable(all) {
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);
  const rows = Object.keys(WAYS).map((way) => [
    way,
    ...all.map(({ beacons }) => `${sum(beacons[way])} of ${BEACONS * LEAVES}`),
  ]);
  return markdownTable([['the page is left for', ...all.map(({ engine }) => engine)], ...rows]);
}

/** `{ before: 30 }` becomes `before 30`. */
const inWords = (counts) =>
  Object.entries(counts)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');

/** Every count, one line for each measurement. */
function rawLines(all) {
  const loads = all.flatMap(({ engine, saturated }) =>
    Object.entries(saturated).flatMap(([name, rounds]) =>
      rounds.map(
        ({ took, gaps, calls, busyMs }) =>
          `${engine} ${name}: ${gaps.length} frames, ${calls} calls, ${busyMs.toFixed(0)} ms busy of ${took.toFixed(0)} ms`,
      ),
    ),
  );
  const failures = all.flatMap(({ engine, failures }) =>
    Object.entries(failures).map(
      ([name, { alone, withNew }]) => `${engine} ${name}: ${inWords(alone)}; with a new one ${inWords(withNew)}`,
    ),
  );
  const beacons = all.flatMap(({ engine, beacons }) =>
    Object.entries(beacons).map(([way, counts]) => `${engine} ${way}: ${counts.join(' ')}`),
  );
  return [...loads, '', ...failures, '', ...beacons, '', ...paceLines(all)].join('\n');
}

installPeersIn('frames');
const sizes = await measureSizes();
const minutes = await measureMinutes();
// With these headers the page is isolated, and only then is its clock precise enough for calls of 1 ms.
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const site = new Site(
  {
    '/bench.mjs': await bundled({ entryPoints: [join(folder, 'page.mjs')] }, false),
    '/bench.html': '<!doctype html><title>Frames</title><script type="module" src="/bench.mjs"></script>',
    '/elsewhere.html': `<!doctype html><script>addEventListener('load', () => navigator.sendBeacon('/here'));</script>`,
  },
  isolation,
);
const paces = paceSite(await bundled({ entryPoints: [join(folder, 'tickers.mjs')] }, false));
await site.open();
await paces.open();
const before = loadavg()[0];
const all = [];
for (const engine of [chromium, firefox, webkit]) {
  console.log(engine.name);
  all.push(await measure(engine, site, paces));
}
await site.close();
await paces.close();

const text = `# Frames

Written by \`npm run bench:frames\`: pages that use ours and peers. ${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, no GPU, load average ${before.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after.
Peers: ${Object.entries(peers)
  .map(([name, version]) => `${name} ${version}`)
  .join(
    ', ',
  )}. Page, run and engine are the same for all. Other work on the machine lowers the rates, so compare only within a table.

${all.map(({ engine, userAgent }) => `- ${engine}: \`${userAgent}\``).join('\n')}

## Endless load

20 calls of 1 ms are pending at any time; each queues itself again. Median of ${ROUNDS} rounds of ${LOAD_MS / 1_000} s. Utilisation is the share of time spent in those calls. B3 requires 50 frames a second and a utilisation of 0.75 in Chromium and Firefox.

${loadTable(all)}

## One callback fails, once

Three callbacks are called in every frame, or again and again. The second one throws in its fifth call. The table says which of them are called in the 30 frames after that, and in 30 more frames with a new callback. The size is that of a bundle of what the test uses; ours contains all of core.

${failureTable(all, sizes)}

${paceText(all)}
## A minute of a game in virtual time

3 600 frames of \`manualPage()\` with a fixed step, in Node: ${median(minutes).toFixed(0)} ms, the median of ${minutes.length} (${minutes
  .toSorted((a, b) => a - b)
  .map((ms) => ms.toFixed(0))
  .join(', ')} ms). B21 requires less than 200 ms.

## Beacons from a page that goes away

Each page sends six beacons with \`send\`: two in each of before, during and after, one at once and one ten awaits later. ${LEAVES} pages for each way to leave. Received beacons, of those sent:

${beaconTable(all)}

When a tab closes and its process ends, Firefox stops the running script once. The reactor waits until that has happened (docs/browser.md, B12). A listener without a reactor is stopped in the middle, and sends no more beacons.

## All counts

\`\`\`text
${rawLines(all)}
\`\`\`
`;
await writeFormatted(join(import.meta.dirname, 'FRAMES.md'), text);
