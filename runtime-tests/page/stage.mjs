import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../conformance/bundle.mjs';
import { isKitOnly, takeKit } from '../conformance/kit-results.mjs';
import { leaveOut, Tally } from '../conformance/tally.mjs';
import { lackingEngine, launch } from '../engines/engine.mjs';
import { within } from '../within.mjs';
import { html, popupScript, programPages, programsOf } from './program-pages.mjs';
import { Results } from './results.mjs';
import { Site } from './site.mjs';
import { assertTable } from './table.mjs';
import { tests } from './tests/index.mjs';

/**
 * `--only B12` runs the tests with this in their names, `--times 50` repeats them. `--kit` runs only the conformance kit. `--write` leaves out the
 * comparison with docs/browser.md, since `npm run docs:browser` then writes the page.
 */
const options = {
  only: { type: 'string' },
  times: { type: 'string', default: '1' },
  write: { type: 'boolean', default: false },
  kit: { type: 'boolean', default: false },
};

/** Time limit for a test, or for the kit in window and worker, on a busy machine. Milliseconds. */
const LIMIT_MS = 20_000;

/**
 * Tests BrowserReactor in a real engine: the conformance kit in a window and in a dedicated worker, and tests that need a real page. The column of
 * this engine on docs/browser.md must agree with the results.
 */
export async function runStage(engine) {
  const reason = lackingEngine(engine);
  if (reason !== undefined) leaveOut(reason);
  const folder = mkdtempSync(join(tmpdir(), 'triphase-site-'));
  const stage = new Stage(engine, new Site(await files(folder)));
  try {
    await stage.open();
    const { only, times } = parseArgs({ options }).values;
    if (isKitOnly) await stage.runKit();
    else if (only === undefined) await stage.runAll();
    else for (let n = 0; n < Number(times); n++) await stage.runTests(only);
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of the site. */
async function files(folder) {
  const bundled = async (name, source) => {
    const outfile = join(folder, `${name}.mjs`);
    await bundle({ ...source, outfile });
    return { [`/${name}.mjs`]: readFileSync(outfile, 'utf8') };
  };
  const entry = (name) => bundled(name, { entry: join(import.meta.dirname, `${name}.entry.mjs`) });
  return {
    ...(await entry('kit')),
    '/kit.html': html(`
      const worker = new Worker('/kit.mjs', { type: 'module' });
      const inWorker = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
      globalThis.reports = import('/kit.mjs').then(async () => ({ window: await report, worker: await inWorker }));`),
    ...(await entry('page')),
    '/page.html': html('import "/page.mjs";'),
    // For an iframe. It answers what its parent asks, as the worker does.
    '/framed.html': html(`
      import '/page.mjs';
      answerAsks();
      parent.postMessage('ready', '*');`),
    ...(await entry('worker')),
    ...(await bundled('sinon', { source: `export * from 'sinon';` })),
    ...(await bundled('package', { source: `export * from '@triphase/browser-reactor';` })),
    '/loading.html': [
      html(
        `
        globalThis.started = import('/package.mjs').then(async ({ BrowserReactor }) => {
          const started = [];
          const [complete, interactive, now] = ['complete', 'interactive', 'now'].map((startAt) => {
            const reactor = new BrowserReactor({ startAt });
            reactor.on('startup', () => started.push(startAt + ': ' + document.readyState));
            void reactor.run();
            return new Promise((resolve) => reactor.callWhenRunning(resolve));
          });
          await now;
          navigator.sendBeacon('/release', '/loading.html');
          await interactive;
          navigator.sendBeacon('/release', '/image.png');
          await complete;
          return started;
        });
        document.write('<img src="/image.png' + location.search + '">');`,
        'text/javascript',
      ),
      '<p>The end.',
    ],
    '/image.png': ['', ''],
    // Makes Chromium prerender the next page, before a test goes there.
    '/speculating.html': html(
      `
      const urls = ['/prerendered.html' + location.search];
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prerender: [{ source: 'list', urls, eagerness: 'immediate' }] });
      document.head.append(rules);`,
    ),
    '/prerendered.html': html(`
      import '/page.mjs';
      const send = (text) => navigator.sendBeacon('/beacon', text + ', prerendering: ' + document.prerendering);
      const reactors = ['interactive', 'now'].map((startAt) => {
        const reactor = new BrowserReactor({ startAt });
        reactor.on('startup', () => send(startAt));
        return { reactor, journal: new Journal(reactor) };
      });
      for (const { reactor } of reactors) void reactor.run();
      await pass(200);
      send('loaded');
      const [waiting, started] = reactors;
      await started.journal.has('visible after');
      await sleep(waiting.reactor, 50);
      navigator.sendBeacon('/beacon', JSON.stringify(reactors.map(({ journal }) => journal.lines)));`),
    ...(await bundled('start', { source: (await programsOf('docs/start.md', folder))[0] })),
    '/start.html': html('import "/start.mjs";'),
    ...(await bundled('iwer', { source: `export * from 'iwer/build/iwer.module.js';` })),
    ...(await programPages(['docs/games.md'], 'games', folder, bundled)),
    ...(await programPages(['docs/browser.md', 'packages/browser-reactor/README.md'], 'documented', folder, bundled)),
    '/popup.html': html(popupScript),
    '/score.html': html(''),
    '/empty.html': html(''),
    '/elsewhere.html': html("addEventListener('load', () => navigator.sendBeacon('/here'));"),
  };
}

class Stage {
  #engine;
  #site;
  #browser;
  #tally = new Tally();
  #results;

  constructor(engine, site) {
    this.#engine = engine;
    this.#site = site;
  }

  async open() {
    await this.#site.open();
    this.#browser = await launch(this.#engine);
    const tab = await this.#openTab('/empty.html');
    const userAgent = await tab.evaluate(() => navigator.userAgent);
    await tab.close();
    console.log(`user agent: ${userAgent}`);
    this.#results = new Results(this.#engine.name, userAgent);
  }

  async runAll() {
    await this.runKit();
    await this.runTests('');
    await this.#finish();
  }

  /** Runs the tests with `part` in their names. */
  async runTests(part) {
    for (const test of tests) if (test.name.includes(part)) await this.#runTest(test);
  }

  async runKit() {
    const tab = await this.#openTab('/kit.html');
    const reports = await within(
      tab.evaluate(() => globalThis.reports),
      LIMIT_MS,
    );
    await tab.close();
    for (const [where, report] of Object.entries(reports)) {
      const title = `C50: the conformance kit in a ${where}`;
      const about = { runtime: `${this.#engine.name} ${where}`, version: versionIn(this.#results.userAgent) };
      await takeKit(this.#tally, { title, ...about, report });
    }
  }

  async #runTest({ name, skip = {}, run }) {
    const reason = skip[this.#engine.name];
    if (reason !== undefined) {
      this.#results.skip(name, reason);
      this.#tally.skip(name, reason);
      return;
    }
    const tabs = new Set();
    const mailbox = this.#site.mailbox();
    const open = async (path = '/page.html') => {
      const tab = await this.#openTab(`${path}${mailbox.query}`);
      tabs.add(tab);
      const close = () => {
        tabs.delete(tab);
        return tab.close();
      };
      return { ...tab, close };
    };
    const body = async () => {
      await run({ page: await open(), open, url: (path) => this.#site.url(path), mailbox, engine: this.#engine.name });
      for (const tab of tabs) await tab.close();
    };
    const isPassed = await this.#tally.check(name, () => within(body(), LIMIT_MS));
    this.#results.add(name, isPassed);
    // A failed test may have left pages open, or the engine may be stuck.
    if (!isPassed) {
      await this.#browser.close();
      this.#browser = await launch(this.#engine);
    }
  }

  async #finish() {
    this.#results.save();
    if (!parseArgs({ options }).values.write) {
      const name = 'B15: the table on docs/browser.md agrees with this run';
      await this.#tally.check(name, () => assertTable(this.#results));
    }
  }

  async close() {
    await this.#browser?.close();
    await this.#site.close();
    this.#tally.close();
  }

  #openTab(path) {
    return this.#browser.open(this.#site.url(path));
  }
}

/** The version in the user agent of an engine. */
const versionIn = (userAgent) => /(?:Chrome|Firefox|Version)\/(\S+)/.exec(userAgent)[1];
