import assert from 'node:assert/strict';

/** Sends a beacon from each phase of shutdown, at once and ten awaits later, and says so when it runs. The bodies count up. */
async function runWithBeacons(name) {
  let sent = 0;
  const beacon = (text) => navigator.sendBeacon('/beacon', `${++sent} ${name} ${text}`);
  const trigger = async ({ phase, detail, terminal }) => {
    beacon(`${phase} ${detail.kind}${terminal ? ' terminal' : ''}`);
    for (let hop = 0; hop < 10; hop++) await undefined;
    beacon(`${phase} ten awaits later`);
  };
  const reactor = new BrowserReactor();
  globalThis.reactor = reactor;
  reactor.on('shutdown', { before: trigger, during: trigger, after: trigger });
  void reactor.run();
  await new Promise((resolve) => reactor.callWhenRunning(resolve));
}

/** What {@link runWithBeacons} sends when its page goes away. */
const goodbye = (name) =>
  ['before', 'during', 'after'].flatMap((phase, index) => [
    `${2 * index + 1} ${name} ${phase} pagehide terminal`,
    `${2 * index + 2} ${name} ${phase} ten awaits later`,
  ]);

const bySequence = (beacons) => [...beacons].sort((a, b) => Number.parseInt(a) - Number.parseInt(b));

/** Each gets a new page at /page.html of an empty site, and what opens others. */
const tests = [
  {
    name: 'B1: a running reactor that has nothing to do asks a page for nothing, sixty frames long',
    async run({ page }) {
      const [before, after] = await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        void reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        const frames = async (count) => {
          for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame);
        };
        await frames(2);
        const { requestAnimationFrame: asked, ...before } = calls;
        await frames(60);
        const { requestAnimationFrame: askedLater, ...after } = calls;
        return [
          { ...before, frames: asked },
          { ...after, frames: askedLater - 60 },
        ];
      });
      assert.deepEqual(after, before);
    },
  },
  {
    name: 'B1: at most one frame is asked for, however much is queued',
    async run({ page }) {
      const frames = await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        void reactor.run();
        const { requestAnimationFrame: before } = calls;
        for (let n = 0; n < 500; n++) reactor.callSoon(() => undefined);
        await new Promise((resolve) => reactor.callSoon(resolve));
        return calls.requestAnimationFrame - before;
      });
      assert.equal(frames, 1);
    },
  },
  {
    name: 'B2: between two frames slices follow one another by messages, many calls to each',
    async run({ page }) {
      const { messages, calls: made } = await page.evaluate(async () => {
        const reactor = new BrowserReactor({ maxBatch: 50 });
        void reactor.run();
        await new Promise(requestAnimationFrame);
        const { postMessage: before } = calls;
        let made = 0;
        for (let n = 0; n < 500; n++) reactor.callSoon(() => made++);
        await new Promise((resolve) => reactor.callSoon(resolve));
        return { messages: calls.postMessage - before, calls: made };
      });
      assert.equal(made, 500);
      assert.ok(messages >= 1 && messages <= 20, `${messages} messages for ten slices`);
    },
  },
  {
    name: 'B3: under calls without end frames go on, and at most a hundred calls of 1 ms come between two',
    async run({ page }) {
      const between = await page.evaluate(async () => {
        const reactor = new BrowserReactor();
        void reactor.run();
        let made = 0;
        const call = () => {
          const end = performance.now() + 1;
          while (performance.now() < end);
          made++;
          if (globalThis.isSaturated) reactor.callSoon(call);
        };
        globalThis.isSaturated = true;
        reactor.callSoon(call);
        const counts = [];
        for (let n = 0; n < 60; n++) {
          made = 0;
          await new Promise(requestAnimationFrame);
          counts.push(made);
        }
        globalThis.isSaturated = false;
        return counts;
      });
      const most = Math.max(...between);
      const all = between.reduce((sum, made) => sum + made, 0);
      assert.ok(most <= 100, `${most} calls between two frames: ${between}`);
      assert.ok(all >= 120, `no more than ${all} calls in 60 frames: ${between}`);
    },
  },
  {
    name: 'B5: a frame that is asked for when the page gets hidden becomes a message: nothing is lost, nothing comes twice',
    async run({ page, open }) {
      await page.evaluate(() => {
        // With a gate of 0 there is nothing but frames while the page is visible.
        const reactor = new BrowserReactor({ gateMs: 0, whenHidden: 'run' });
        void reactor.run();
        const ran = { visible: 0, hidden: 0, order: [] };
        let queued = 0;
        const call = (number) => {
          ran[document.visibilityState] += 1;
          ran.order.push(number);
          if (ran.visible === 10) ran.begun();
          if (ran.hidden < 500) queue();
          else ran.over();
        };
        const queue = () => {
          const number = queued++;
          reactor.callSoon(() => call(number));
        };
        const over = new Promise((resolve) => {
          ran.over = resolve;
        });
        document.addEventListener('visibilitychange', () => {
          ran.atHiding ??= { ...calls };
        });
        Object.assign(globalThis, { ran, over, reactor });
        queue();
        return new Promise((resolve) => {
          ran.begun = resolve;
        });
      });
      const other = await open();
      await other.bringToFront();
      const hidden = await page.evaluate(async () => {
        await over;
        const { order, atHiding } = ran;
        return { state: document.visibilityState, order, hidden: ran.hidden, atHiding, now: calls };
      });
      assert.equal(hidden.state, 'hidden');
      assert.deepEqual(hidden.order, [...hidden.order.keys()]);
      assert.equal(hidden.hidden, 500);
      assert.equal(hidden.atHiding.cancelAnimationFrame, 1);
      assert.equal(hidden.now.requestAnimationFrame, hidden.atHiding.requestAnimationFrame);
      await page.bringToFront();
      const shown = await page.evaluate(async () => {
        while (document.visibilityState === 'hidden') {
          await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
        }
        const before = { ...calls };
        await new Promise((resolve) => reactor.callSoon(resolve));
        return { frames: calls.requestAnimationFrame - before.requestAnimationFrame, ran: ran.order.length };
      });
      assert.deepEqual(shown, { frames: 1, ran: hidden.order.length });
    },
  },
  {
    name: 'B11: a page that is left for good runs before, during and after, in order, to their beacons',
    async run({ page, site }) {
      await page.evaluate(runWithBeacons, 'left');
      // Such a listener keeps Chromium from keeping the page.
      await page.evaluate(() => addEventListener('unload', () => undefined));
      await page.goto(site.url('/empty.html'));
      assert.deepEqual(bySequence(await site.received(6)), goodbye('left'));
    },
  },
  {
    name: 'B11: so does a page that is loaded again',
    async run({ page, site }) {
      await page.evaluate(runWithBeacons, 'loaded again');
      await page.reload();
      assert.deepEqual(bySequence(await site.received(6)), goodbye('loaded again'));
    },
  },
  {
    name: 'B11: so does a page that is closed',
    async run({ page, site }) {
      await page.evaluate(runWithBeacons, 'closed');
      await page.close();
      assert.deepEqual(bySequence(await site.received(6)), goodbye('closed'));
    },
  },
  {
    name: 'B9: a page that is kept is not shut down: after Back the same reactor runs on',
    async run({ page, site }) {
      await page.evaluate(runWithBeacons, 'kept');
      await page.evaluate(() => {
        addEventListener('pageshow', ({ persisted }) => {
          globalThis.shown = { persisted };
        });
      });
      await page.goto(site.url('/empty.html'));
      await page.goBack();
      const back = await page.evaluate(async () => {
        const { state } = reactor;
        await new Promise((resolve) => reactor.callSoon(resolve));
        return { state, shown };
      });
      assert.deepEqual(back, { state: 'running', shown: { persisted: true } });
      assert.deepEqual(site.beacons, []);
      await page.reload();
      assert.deepEqual(bySequence(await site.received(6)), goodbye('kept'));
    },
  },
  {
    name: 'B10: a reactor listens neither to unload nor to beforeunload',
    async run({ page }) {
      const heard = await page.evaluate(async () => {
        const heard = [];
        const { addEventListener } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
          if (this === window || this === document) heard.push(type);
          return addEventListener.call(this, type, ...rest);
        };
        const reactor = new BrowserReactor();
        void reactor.run();
        await new Promise((resolve) => reactor.callSoon(resolve));
        EventTarget.prototype.addEventListener = addEventListener;
        return heard.sort();
      });
      assert.deepEqual(heard, ['freeze', 'pagehide', 'pageshow', 'resume', 'visibilitychange']);
    },
  },
  {
    // Not NodeReactor: its package imports modules of Node, which a page has not.
    name: 'C3: DenoReactor can be imported and constructed on a page; there run() throws HostMissingError',
    async run({ page }) {
      const result = await page.evaluate(() => {
        const reactor = new DenoReactor();
        try {
          reactor.run();
        } catch (error) {
          return { is: error instanceof HostMissingError, state: reactor.state };
        }
        return 'it ran';
      });
      assert.deepEqual(result, { is: true, state: 'idle' });
    },
  },
];

/** What a test may take on a loaded machine. */
const LIMIT_MS = 60_000;

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

/** Puts each test to a new page of `browser`. */
export async function runPageTests(tally, browser, site) {
  for (const { name, run } of tests) {
    await tally.check(name, async () => {
      site.beacons.length = 0;
      const pages = [];
      const open = async () => {
        const page = await browser.newPage();
        pages.push(page);
        await page.goto(site.url('/page.html'));
        return page;
      };
      try {
        const page = await open();
        await page.bringToFront();
        await within(LIMIT_MS, run({ page, open, site }));
      } finally {
        for (const page of pages) if (!page.isClosed()) await page.close();
      }
    });
  }
}
