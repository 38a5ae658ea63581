/**
 * How pages fare under a load without end, beside peers; what one failing callback does to each; and how many beacons get out of a page
 * that goes away; how even their steps are, and what becomes of them without frames: in Chromium, Firefox and WebKit, into
 * benchmarks/FRAMES.md. `npm run bench:frames`, about ten minutes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { chromium } from '../runtime-tests/engines/chromium.mjs';
import { launch } from '../runtime-tests/engines/engine.mjs';
import { firefox } from '../runtime-tests/engines/firefox.mjs';
import { webkit } from '../runtime-tests/engines/webkit.mjs';
import { Site } from '../runtime-tests/page/site.mjs';
import { run } from '../scripts/command.mjs';
import { writeFormatted } from '../scripts/page-section.mjs';
import { bundled, measureSizes } from './frames/bundle.mjs';
import { measureMinutes } from './frames/minute.mjs';
import { measurePace, paceLines, paceSite, paceText } from './frames/pace.mjs';

const ROUNDS = 3;
const LOAD_MS = 3_000;
const LEAVES = 20;
const BEACONS = 6;
/** For beacons that are still on their way. */
const PATIENCE_MS = 3_000;

const folder = join(import.meta.dirname, 'frames');
const { dependencies: peers } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Each gets a page of its own. */
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

/** The ways to leave a page, and the event in which it says so; `null` where it has no reactor. */
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

async function countBeacons(browser, site, { event, leave }) {
  const received = [];
  for (let n = 0; n < LEAVES; n++) {
    await onPage(browser, site, async (tab, mailbox) => {
      // So that there is something to go back to.
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

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1];
const p95 = (values) => sorted(values)[Math.floor(values.length * 0.95)];
const table = ([head, ...rows]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

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
  return table([head, ...rows]);
}

/** What a failure of one in three does. */
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
  return table([['loop', ...all.map(({ engine }) => engine), 'min+gzip'], ...rows]);
}

function beaconTable(all) {
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);
  const rows = Object.keys(WAYS).map((way) => [
    way,
    ...all.map(({ beacons }) => `${sum(beacons[way])} of ${BEACONS * LEAVES}`),
  ]);
  return table([['the page is left for', ...all.map(({ engine }) => engine)], ...rows]);
}

const written = (counts) =>
  Object.entries(counts)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');

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
      ([name, { alone, withNew }]) => `${engine} ${name}: ${written(alone)}; with a new one ${written(withNew)}`,
    ),
  );
  const beacons = all.flatMap(({ engine, beacons }) =>
    Object.entries(beacons).map(([way, counts]) => `${engine} ${way}: ${counts.join(' ')}`),
  );
  return [...loads, '', ...failures, '', ...beacons, '', ...paceLines(all)].join('\n');
}

const missing = Object.keys(peers).filter((name) => !existsSync(join(folder, 'node_modules', name)));
if (missing.length > 0) {
  const { code, output } = await run('npm', ['ci', '--loglevel=error'], { cwd: folder });
  if (code !== 0) throw new Error(`The peers cannot be installed.\n${output.trim()}`);
}
const sizes = await measureSizes();
const minutes = await measureMinutes();
// The clock of an isolated page is fine enough for calls of 1 ms.
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

What \`npm run bench:frames\` has measured on pages, ${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, no GPU, load average ${before.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after.
Peers: ${Object.entries(peers)
  .map(([name, version]) => `${name} ${version}`)
  .join(
    ', ',
  )}. The same page, run and engine for all; other work on the machine lowers rates, so compare within a table.

${all.map(({ engine, userAgent }) => `- ${engine}: \`${userAgent}\``).join('\n')}

## A load without end

20 calls of 1 ms are outstanding at any time; each asks for itself again. Median of ${ROUNDS} rounds of ${LOAD_MS / 1_000} s. Utilisation is the share of time spent in those calls. B3 wants 50 frames a second and 0.75 in Chromium and Firefox.

${loadTable(all)}

## One callback fails, once

Three callbacks are called in every frame, or again and again; the second throws in its fifth call. Who is called in the 30 frames after that, and in 30 more with a new one? The size is that of a bundle of what is used; ours has all of core.

${failureTable(all, sizes)}

${paceText(all, table)}
## A minute of a game in virtual time

3 600 frames of \`manualPage()\` with a fixed step, in Node: ${median(minutes).toFixed(0)} ms, the median of ${minutes.length} (${sorted(
  minutes,
)
  .map((ms) => ms.toFixed(0))
  .join(', ')} ms). B21 wants less than 200 ms.

## Beacons from a page that goes away

Six a page, from before, during and after, at once and ten awaits later, by \`send\`; ${LEAVES} pages each. Received, of sent:

${beaconTable(all)}

When a tab is closed and its process ends with it, Firefox stops the script that runs there, once. The reactor does not begin before that (docs/browser.md, B12); a listener is stopped wherever it is.

## All counts

\`\`\`text
${rawLines(all)}
\`\`\`
`;
await writeFormatted(join(import.meta.dirname, 'FRAMES.md'), text);
