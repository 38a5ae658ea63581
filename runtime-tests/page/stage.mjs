import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../conformance/bundle.mjs';
import { isKitOnly, takeKit } from '../conformance/kit-results.mjs';
import { leaveOut, Tally } from '../conformance/tally.mjs';
import { lackingEngine, launch } from '../engines/engine.mjs';
import { html, popupScript, programPages, programsOf } from './program-pages.mjs';
import { Results } from './results.mjs';
import { Site } from './site.mjs';
import { agrees } from './table.mjs';
import { tests } from './tests/index.mjs';

/** `--only B12 --times 50`: those tests alone, that often. `--write`: the table is about to be written. `--kit`: the kit alone. */
const options = {
  only: { type: 'string' },
  times: { type: 'string', default: '1' },
  write: { type: 'boolean', default: false },
  kit: { type: 'boolean', default: false },
};

/** What a test, or the kit in both places, may take on a loaded machine. */
const LIMIT_MS = 20_000;

/**
 * BrowserReactor in a real engine: the conformance kit in a window and in a dedicated worker, and what only a real page shows. The rows of
 * this engine on docs/browser.md must say what came out, unless they are about to be written.
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
    // A page in a frame does what its parent asks of it, as the worker does.
    '/framed.html': html(`
      import '/page.mjs';
      addEventListener('message', async ({ data: { ask }, ports: [port] }) => {
        try {
          port.postMessage({ value: await new Function('return (' + ask + ')()')() });
        } catch (error) {
          port.postMessage({ error: String(error.stack ?? error) });
        }
      });
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
    // Has Chromium prerender the other, whose user then goes there.
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
      const [waited, began] = reactors;
      await began.journal.has('visible after');
      await sleep(waited.reactor, 50);
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

  /** Those with `part` in their names. */
  async runTests(part) {
    for (const test of tests) if (test.name.includes(part)) await this.#runTest(test);
  }

  async runKit() {
    const tab = await this.#openTab('/kit.html');
    const reports = await within(
      LIMIT_MS,
      tab.evaluate(() => globalThis.reports),
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
    const isPassed = await this.#tally.check(name, () => within(LIMIT_MS, body()));
    this.#results.add(name, isPassed);
    // Who knows what a failed test has left, or whether the engine is stuck.
    if (!isPassed) {
      await this.#browser.close();
      this.#browser = await launch(this.#engine);
    }
  }

  async #finish() {
    this.#results.save();
    if (!parseArgs({ options }).values.write) {
      const name = 'B15: the table on docs/browser.md says of this engine what this run has shown';
      await this.#tally.check(name, () => agrees(this.#results));
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

/** The version that an engine gives itself. */
const versionIn = (userAgent) => /(?:Chrome|Firefox|Version)\/(\S+)/.exec(userAgent)[1];

async function within(ms, promise) {
  let limit;
  const expired = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error(`not over after ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(limit);
  }
}
