import assert from 'node:assert/strict';

const KEPT = [
  ...['before', 'during', 'after'].map((phase) => `hidden ${phase} terminal kept`),
  ...['before', 'during', 'after'].map((phase) => `suspend ${phase} terminal kept`),
];
const BACK = [
  ...['before', 'during', 'after'].map((phase) => `resume ${phase} kept`),
  ...['before', 'during', 'after'].map((phase) => `visible ${phase} kept`),
];

/** In a page: a reactor that runs, its journal, and what `pageshow` says when the page is back. */
async function runWithJournal(options) {
  const reactor = new BrowserReactor(options);
  const back = new Promise((resolve) => {
    addEventListener('pageshow', ({ persisted }) => resolve({ persisted }));
  });
  Object.assign(globalThis, { reactor, journal: new Journal(reactor), back });
  void reactor.run();
  await running(reactor);
  // The page's own pageshow, if that is still to come, is not that of coming back.
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve));
}

/** In a page that is back: what has happened, and whether the reactor runs on. */
async function afterwards() {
  const { state } = reactor;
  const lines = await journal.has('visible after');
  await new Promise((resolve) => reactor.callSoon(resolve));
  return { state, lines };
}

const isBack = { state: 'running', lines: [...KEPT, ...BACK] };

/** Goes away and comes back. */
async function thereAndBack({ page, url, mailbox }) {
  await page.goto(url(`/elsewhere.html${mailbox.query}`));
  await page.back();
}

/** A page that is busy with calls and frames: goes away from it and comes back. */
async function leaveBusy(test) {
  await test.page.evaluate(runWithJournal, { maxBatch: 20 });
  await test.page.evaluate(async () => {
    const ran = { queued: [], timed: [], frames: 0 };
    let next = 0;
    const call = (n) => {
      ran.queued.push(n);
      queue();
    };
    const queue = () => {
      const n = next++;
      reactor.callSoon(() => call(n));
    };
    for (let n = 0; n < 50; n++) queue();
    for (let n = 0; n < 40; n++) reactor.callLater(n * 25, () => ran.timed.push(n));
    reactor.onFrame(() => ran.frames++);
    Object.assign(globalThis, { ran });
    while (ran.frames < 3) await new Promise(requestAnimationFrame);
  });
  await thereAndBack(test);
}

export const comingBack = [
  {
    name: 'B9: an idle page is kept and not shut down: after Back the same reactor runs on, and has resumed once',
    async run(test) {
      await test.page.evaluate(runWithJournal);
      await thereAndBack(test);
      assert.deepEqual(await test.page.evaluate(afterwards), isBack);
    },
  },
  {
    name: 'B9: again, twice more, and forward',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.goto(url(`/page.html${mailbox.query}&second`));
      await page.evaluate(runWithJournal);
      await page.back();
      assert.deepEqual(await page.evaluate(afterwards), isBack);
      await page.forward();
      assert.deepEqual(await page.evaluate(afterwards), isBack);
      await page.back();
      const lines = await page.evaluate(async () => {
        while (journal.lines.length < 24) await new Promise((resolve) => reactor.callSoon(resolve));
        return journal.lines;
      });
      assert.deepEqual(lines, [...isBack.lines, ...isBack.lines]);
    },
  },
  {
    name: 'B8: a page that comes back where nobody sees it resumes, and is visible when it is shown',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.goto(url(`/elsewhere.html${mailbox.query}`));
      await page.hide();
      await page.back();
      const resumed = await page.evaluate(() => journal.has('resume after'));
      assert.deepEqual(resumed, [...KEPT, ...BACK.slice(0, 3)]);
      await page.show();
      const lines = await page.evaluate(() => journal.has('visible after'));
      assert.deepEqual(
        lines.map((line) => line.replace(' kept', '')),
        isBack.lines.map((line) => line.replace(' kept', '')),
      );
    },
  },
  {
    name: 'B9: a busy page is kept too: queued calls, timed calls and frames go on where they were, nothing is lost or doubled',
    async run(test) {
      await leaveBusy(test);
      // An engine is free to drop a page that it has kept, and does so now and then on a busy machine: then this has shown nothing yet.
      for (let times = 1; times < 3 && !(await test.page.evaluate(() => 'ran' in globalThis)); times++)
        await leaveBusy(test);
      const { queued, timed, grown } = await test.page.evaluate(async () => {
        await journal.has('visible after');
        const { frames, queued } = { ...ran, queued: ran.queued.length };
        while (ran.frames < frames + 3 || ran.timed.length < 40) await new Promise(requestAnimationFrame);
        return { ...ran, grown: ran.queued.length > queued };
      });
      assert.deepEqual(queued, [...queued.keys()]);
      assert.deepEqual(timed, [...Array(40).keys()]);
      assert.ok(grown);
    },
  },
  {
    name: 'B6: calls that are overdue when a page is back run once, in order',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        const ran = [];
        globalThis.ran = ran;
        for (let n = 0; n < 20; n++) {
          const ms = 300 + 10 * ((n * 7) % 20); // far enough apart for the clock to go on in between
          reactor.callLater(ms, () => ran.push(ms));
        }
      });
      await page.goto(url(`/page.html${mailbox.query}&second`));
      await page.evaluate(() => pass(600));
      await page.back();
      const ran = await page.evaluate(async () => {
        while (ran.length < 20) await new Promise(requestAnimationFrame);
        await new Promise((resolve) => reactor.callLater(50, resolve));
        return ran;
      });
      assert.deepEqual(
        ran,
        Array.from({ length: 20 }, (_, index) => 300 + 10 * index),
      );
    },
  },
  {
    name: 'B10: a reactor listens neither to unload nor to beforeunload',
    async run({ page, engine }) {
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
      // One more in Firefox alone, for the stop of its scripts (B12).
      const pagehide = engine === 'Firefox' ? ['pagehide', 'pagehide'] : ['pagehide'];
      assert.deepEqual(heard, ['freeze', ...pagehide, 'pageshow', 'resume', 'visibilitychange']);
    },
  },
  {
    name: 'B10: a page with a leave guard is asked, and kept too',
    async run(test) {
      await test.page.evaluate(runWithJournal);
      await test.page.evaluate(() => {
        globalThis.asked = 0;
        reactor.addLeaveGuard(() => {
          globalThis.asked += 1;
          return false;
        });
      });
      await thereAndBack(test);
      assert.deepEqual(await test.page.evaluate(afterwards), isBack);
      assert.equal(await test.page.evaluate(() => asked), 1);
    },
  },
  {
    name: 'B10: a guard that is removed is not asked, one that says so has the browser ask',
    async run({ page, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        const removed = reactor.addLeaveGuard(() => beacon('removed'));
        reactor.addLeaveGuard(() => true);
        removed.remove();
        addEventListener('beforeunload', ({ defaultPrevented }) => beacon(defaultPrevented));
        setTimeout(() => location.replace(`/elsewhere.html${location.search}`));
      });
      await mailbox.arrival();
      assert.deepEqual(await mailbox.received(1), ['1 true']);
    },
  },
  {
    name: 'B12: what a page sends from each phase as it is kept, and sends when it is back, is received in order',
    async run({ page, url, mailbox }) {
      await page.evaluate(runWithJournal);
      await page.evaluate(() => {
        let sent = 0;
        const send = (text) => reactor.send('/beacon', `${++sent} ${text}`);
        const trigger = async ({ event, phase }) => {
          send(`${event} ${phase}`);
          for (let hop = 0; hop < 10; hop++) await undefined;
          send(`${event} ${phase} ten awaits later`);
        };
        for (const event of ['suspend', 'resume'])
          reactor.on(event, { before: trigger, during: trigger, after: trigger });
      });
      await page.goto(url(`/elsewhere.html${mailbox.query}`));
      await mailbox.received(6);
      await page.back();
      const lines = ['suspend', 'resume'].flatMap((event) =>
        ['before', 'during', 'after'].flatMap((phase) => [`${event} ${phase}`, `${event} ${phase} ten awaits later`]),
      );
      const received = await mailbox.received(12);
      assert.deepEqual(
        received.sort((a, b) => Number.parseInt(a) - Number.parseInt(b)),
        lines.map((line, index) => `${index + 1} ${line}`),
      );
    },
  },
  {
    name: 'B12: send says when the browser refuses what is too much',
    skip: { Firefox: 'it takes beacons of more than 64 KiB' },
    async run({ page, mailbox }) {
      const sent = await page.evaluate(() => {
        const reactor = new BrowserReactor();
        return [reactor.send('/beacon', 'x'.repeat(70_000)), reactor.send('/beacon', 'fits')];
      });
      assert.deepEqual(sent, [false, true]);
      assert.deepEqual(await mailbox.received(1), ['fits']);
    },
  },
];
